// `doctor`: looks at what a crawl needs (runtime, browser, disk, data folder) and says what to do about what is missing.
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { describe } from "../base/index.ts";
import { loadConfig, searchPath } from "../config.ts";
import { dataFlag, defineCommand, onOff, storeFlag } from "./command.ts";
import { browserFinding, installBrowser, runStep, usualSteps } from "./doctor-browser.ts";
import { serviceFindings } from "./doctor-services.ts";
import { lockOwner } from "./folder-lock.ts";
import type { Io } from "./io.ts";
import { size } from "./progress-line.ts";
import { browserHere } from "./renderer-of.ts";

/** `warn`: works, but less well. `fail`: a crawl will not run. */
export interface Finding {
  readonly check: string;
  readonly level: "ok" | "warn" | "fail";
  readonly found: string;
  /** What to do; null when nothing is to be done. */
  readonly advice: string | null;
}

export const doctor = defineCommand({
  name: "doctor",
  summary: "checks runtime, configuration, browser, disk and data folder, and says what to do",
  usage: "doctor [--role ROLE] [--data DIR] [--install-browser] [--json]",
  examples: [
    { line: "millrace doctor", does: "one line a check; exit 1 when something keeps a crawl from running" },
    { line: "millrace doctor --role processor", does: "the services of that role too" },
    {
      line: "millrace doctor --install-browser",
      does: "gets a Chromium for the rich lane where none is here",
    },
  ],
  flags: {
    data: dataFlag,
    role: storeFlag,
    "install-browser": onOff(
      "install a headless Chromium first: by apt as root, else by Playwright's own download",
    ),
    json: onOff("one JSON object a check"),
  },
  positionals: { min: 0, max: 0, what: "" },
  drains: false,
  async run({ flags, shared }, io) {
    const folder = resolve(io.cwd, flags.data);
    const loaded = loadConfig({ role: flags.role, files: shared.config, flags: [], cwd: io.cwd });
    const services =
      loaded.ok && flags.role !== "standalone"
        ? await serviceFindings(flags.role, loaded.value.config, folder, io)
        : [];
    const wanted = loaded.ok ? loaded.value.config.render.browser : null;
    if (flags["install-browser"]) {
      const look = () => browserHere(wanted);
      const installed = await installBrowser({ io, steps: usualSteps(searchPath()), look, run: runStep });
      if (!installed.ok) {
        io.say(installed.error);
        return 1;
      }
    }
    const findings = [
      runtime(),
      configuration(loaded),
      ...services,
      browserFinding(browserHere(wanted)),
      await disk(folder),
      dataFolder(folder, io),
      openFiles(),
    ];
    for (const finding of findings)
      await io.print(flags.json ? `${JSON.stringify(finding)}\n` : shown(finding));
    return findings.some(({ level }) => level === "fail") ? 1 : 0;
  },
});

function shown({ check, level, found, advice }: Finding): string {
  return `${level.padEnd(5)} ${check.padEnd(14)} ${found}${advice === null ? "" : `\n${" ".repeat(21)}→ ${advice}`}\n`;
}

function runtime(): Finding {
  const found = `Node ${process.versions.node} on ${process.platform}-${process.arch}`;
  const recommended = Number.parseInt(process.versions.node, 10) >= 24;
  const advice = recommended
    ? null
    : "Node 24 is recommended: `npm ci` brings one along where the platform has a package";
  return { check: "runtime", level: recommended ? "ok" : "warn", found, advice };
}

function configuration(loaded: ReturnType<typeof loadConfig>): Finding {
  if (!loaded.ok)
    return { check: "configuration", level: "fail", found: loaded.error, advice: "correct that value" };
  return { check: "configuration", level: "ok", found: "valid", advice: null };
}

const FREE_BYTES_WARN = 5_000_000_000;
const FREE_BYTES_FAIL = 200_000_000;

async function disk(folder: string): Promise<Finding> {
  let existing = folder;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  try {
    const { bavail, bsize } = await statfs(existing);
    const free = bavail * bsize;
    const level = free < FREE_BYTES_FAIL ? "fail" : free < FREE_BYTES_WARN ? "warn" : "ok";
    const advice = level === "ok" ? null : "free some space, or choose another disk with --data";
    return { check: "disk", level, found: `${size(free)} free for ${folder}`, advice };
  } catch (thrown) {
    return { check: "disk", level: "warn", found: `cannot be measured (${describe(thrown)})`, advice: null };
  }
}

function dataFolder(folder: string, io: Io): Finding {
  const check = "data folder";
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined)
    return { check, level: "ok", found: `${folder} is not there yet: a crawl makes it`, advice: null };
  if (!found.isDirectory()) {
    return {
      check,
      level: "fail",
      found: `${folder} is a file`,
      advice: "choose another folder with --data",
    };
  }
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return {
      check,
      level: "fail",
      found: `${folder} cannot be written`,
      advice: "change its owner or rights",
    };
  }
  const owner = lockOwner(folder, io.clock);
  if (owner === null) return { check, level: "ok", found: `${folder}, not in use`, advice: null };
  const advice = `a second crawl needs another folder; questions go through it (millrace top --data ${folder})`;
  return { check, level: "warn", found: `${folder}, in use by process ${owner.pid}`, advice };
}

const OPEN_FILES_WARN = 4_096;

function openFiles(): Finding {
  const check = "open files";
  const report: unknown = process.report.getReport();
  const limits: unknown =
    typeof report === "object" && report !== null ? Reflect.get(report, "userLimits") : null;
  const entry: unknown =
    typeof limits === "object" && limits !== null ? Reflect.get(limits, "open_files") : null;
  const soft: unknown = typeof entry === "object" && entry !== null ? Reflect.get(entry, "soft") : null;
  if (soft === "unlimited") return { check, level: "ok", found: "no limit", advice: null };
  const limit = Number(soft);
  if (!Number.isFinite(limit) || limit === 0)
    return { check, level: "ok", found: "limit unknown", advice: null };
  if (limit >= OPEN_FILES_WARN) return { check, level: "ok", found: `limit ${limit}`, advice: null };
  return {
    check,
    level: "warn",
    found: `limit ${limit}`,
    advice: `ulimit -n ${OPEN_FILES_WARN} or lower --concurrency`,
  };
}
