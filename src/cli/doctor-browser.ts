// What `doctor` says of the browser, and how `--install-browser` gets one: by the system's packages where that is allowed, else by
// Playwright's own installer. Each step is shown before it is run. Knows no page.
import { spawn } from "node:child_process";
import { describe, err, ok, type Result } from "../base/index.ts";
import { type FoundBrowser, isOnPath, playwrightInstaller } from "../render/index.ts";
import type { Finding } from "./doctor.ts";
import type { Io } from "./io.ts";

const CHEAPER = "a headless shell shows the same pages for a fraction of the work";

/** `found`: what lies where a browser usually does; null: nothing. */
export function browserFinding(found: FoundBrowser | null): Finding {
  const check = "browser";
  if (found === null) {
    return {
      check,
      level: "warn",
      found: "no Chromium found: --lane rich reads pages in the fast lane",
      // Ubuntu's package is a snap, which a container cannot install; macOS refuses Homebrew's unsigned Chromium.
      advice:
        "millrace doctor --install-browser (or by hand: Debian: apt install chromium-headless-shell; " +
        "macOS: brew install --cask google-chrome; Ubuntu and others: npx playwright-core install chromium-headless-shell)",
    };
  }
  const { executable, kind, origin } = found;
  if (kind === "shell") return { check, level: "ok", found: `${executable}, a headless shell`, advice: null };
  // Who names a browser has chosen it.
  const advice = origin === "option" ? null : `${CHEAPER}: millrace doctor --install-browser`;
  return { check, level: "ok", found: `${executable}, a whole browser`, advice };
}

export interface InstallStep {
  readonly why: string;
  readonly command: string;
  readonly args: readonly string[];
}

export interface InstallPlaces {
  readonly platform: NodeJS.Platform;
  readonly isRoot: boolean;
  /** Folders as in the variable PATH. */
  readonly path: string;
  /** Playwright's installer, a script for Node. */
  readonly installer: string;
}

/** What is tried, one after another until a headless shell is here. */
export function installSteps({ platform, isRoot, path, installer }: InstallPlaces): InstallStep[] {
  const own: InstallStep = {
    why: "Playwright's own download, into your folder",
    command: process.execPath,
    args: [installer, "install", "--no-progress", "chromium-headless-shell"],
  };
  if (platform !== "linux" || !isRoot || !isOnPath("apt-get", path)) return [own];
  const apt = (why: string, ...args: string[]): InstallStep => ({
    why,
    command: "env",
    args: ["DEBIAN_FRONTEND=noninteractive", "apt-get", ...args],
  });
  const install = ["install", "-y", "-q", "--no-install-recommends"];
  return [
    apt("the system's list of packages", "update", "-q"),
    apt("the system's package", ...install, "chromium-headless-shell"),
    { ...own, why: "the system has no such package: Playwright's own download" },
    apt("the whole browser instead", ...install, "chromium"),
  ];
}

export interface Installing {
  readonly io: Pick<Io, "say" | "stop">;
  readonly steps: readonly InstallStep[];
  /** What is here by now. */
  look(): FoundBrowser | null;
  /** Resolves with what went wrong, null when nothing did. Rejects when the stop comes. */
  run(step: InstallStep, stop: AbortSignal): Promise<string | null>;
}

/** The browser that is here in the end; else what to do, as one line. */
export async function installBrowser({
  io,
  steps,
  look,
  run,
}: Installing): Promise<Result<FoundBrowser, string>> {
  const before = look();
  if (before?.origin === "option" || before?.kind === "shell") {
    io.say(`browser: ${before.executable} is here already; nothing to install`);
    return ok(before);
  }
  const failures: string[] = [];
  for (const step of steps) {
    const line = [step.command, ...step.args].join(" ");
    io.say(`browser: ${step.why}: ${line}`);
    const failure = await run(step, io.stop);
    if (failure !== null) {
      io.say(`browser: that failed: ${failure}`);
      failures.push(`${line}: ${failure}`);
    }
    const found = look();
    if (found?.kind === "shell" || (found !== null && step === steps.at(-1))) return ok(found);
  }
  return err(
    `no browser could be installed (${failures.at(-1) ?? "what was installed is not found"}): ` +
      "see that this machine reaches its package archive or cdn.playwright.dev, or bring a Chromium along and name it with MILLRACE_RENDER_BROWSER",
  );
}

export const usualSteps = (path: string): InstallStep[] =>
  installSteps({
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    path,
    installer: playwrightInstaller(),
  });

const TOLD_CHARS_MAX = 2_000;

/** What it prints goes to stderr; its last line tells what went wrong. */
export function runStep({ command, args }: InstallStep, stop: AbortSignal): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], signal: stop });
    let told = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        told = (told + text).slice(-TOLD_CHARS_MAX);
        process.stderr.write(text);
      });
    }
    child.once("error", (error) => (stop.aborted ? reject(stop.reason) : resolve(describe(error))));
    child.once("close", (code, signal) => {
      const lines = told.split("\n").filter((line) => line.trim() !== "");
      const named = lines.findLast((line) => /^(?:E:|Error:|error:)/.test(line.trim())) ?? lines.at(-1);
      resolve(code === 0 ? null : (named?.trim() ?? `it ended with ${code ?? signal}`));
    });
  });
}
