// `route`: the router's verdict on one page, explained rule by rule. A file or stdin is read as it is, a URL is fetched; with a
// data folder the verdict is the one that its crawl would give, with what it has learned of the host.

import { err, type Result } from "../base/index.ts";
import { type Config, loadConfig } from "../config.ts";
import type { Document, Failure, MemoryRow, Page } from "../model/index.ts";
import { challengeOf, explain, explainRecall, judge, type Recall, RouteMemory } from "../route/index.ts";
import { defineCommand, type ExitCode, httpUrl, onOff, storeFlag, text, value } from "./command.ts";
import { extractOne } from "./extract-one.ts";
import type { Io } from "./io.ts";
import { type LocalPage, readLocalPage } from "./local-page.ts";
import { seedUrl } from "./seed.ts";
import { withControl } from "./with-folder.ts";

export const route = defineCommand({
  name: "route",
  summary: "the router's verdict on a page, explained rule by rule",
  usage: "route [FILE|URL|-] [--url U] [--data DIR] [--json]",
  examples: [
    { line: "millrace route page.html", does: "the score, what made it, what else speaks, and the lane" },
    {
      line: "millrace route https://example.com/ --data DIR",
      does: "with what a crawl has learned of the host",
    },
    { line: "curl -s https://example.com | millrace route --json", does: "the verdict as JSON" },
  ],
  flags: {
    url: value("U", "the page's URL", httpUrl.optional()),
    "content-type": value("S", "the Content-Type header it came with", text.optional()),
    data: value("DIR", "the data folder whose crawl has learned of the host", text.optional()),
    role: storeFlag,
    "allow-private": onOff("with a URL: permit loopback and private addresses"),
    "no-robots": onOff("with a URL: do not ask for robots.txt"),
    json: onOff("one JSON object: score, lane, rules, need, reason, blocked, evidence, memory"),
  },
  positionals: { min: 0, max: 1, what: "FILE" },
  drains: false,
  async run({ flags, given, positionals, shared }, io) {
    const settings = [
      ...(flags["allow-private"] ? [{ path: "net.allowPrivate", value: true, flag: "--allow-private" }] : []),
      ...(flags["no-robots"] ? [{ path: "frontier.robots", value: false, flag: "--no-robots" }] : []),
    ];
    const { role } = flags;
    const loaded = loadConfig({ role, files: shared.config, flags: settings, cwd: io.cwd });
    if (!loaded.ok) return io.usage(loaded.error);
    const { config } = loaded.value;
    const about = { url: flags.url, contentType: flags["content-type"] };
    const name = positionals[0] ?? "-";
    const isUrl = /^https?:\/\//i.test(name);
    const page = isUrl ? await fetched(name, config, io) : await readLocalPage(name, about, io);
    if (!page.ok) {
      const { code, message } = page.error;
      const hint = code === "blocked_address" ? " (--allow-private permits it)" : "";
      return io.failure({ ...page.error, message: `${message}${hint}` });
    }
    const document = await extractOne(page.value, config, io.stop);
    if (!document.ok) return io.failure(document.error);

    const tell = (rows: readonly MemoryRow[] | null): Promise<ExitCode> =>
      told(page.value, document.value, { rows, config, asJson: flags.json, io });
    if (flags.data === undefined && !given.has("role")) return tell(null);
    const where = { data: flags.data ?? DATA, role };
    return withControl({ flags: where, shared }, io, async (control) => {
      const hosts = [URL.parse(page.value.url)?.host ?? "", ""];
      const answer = await control.routeMemory({ hosts: [...new Set(hosts)] });
      return answer.ok ? tell(answer.value.rows) : io.failure(answer.error);
    });
  },
});

/** Of a role whose pages are on servers only what lies beside them is in the folder. */
const DATA = "./millrace-data";

interface Telling {
  /** Null: nobody was asked. */
  readonly rows: readonly MemoryRow[] | null;
  readonly config: Config;
  readonly asJson: boolean;
  readonly io: Io;
}

async function told(page: Fetched, document: Document, { rows, config, asJson, io }: Telling): Promise<0> {
  const { url, status = 200, headers } = page;
  const { evidence } = document;
  const memory = new RouteMemory(config.route, rows ?? []);
  const nowMs = io.clock.nowMs();
  // Where the page belongs, whether or not this machine has a browser.
  const asked = { url, evidence, choice: "auto", browserAvailable: true } as const;
  const verdict = judge(asked, config.route, { memory, nowMs });
  const { score, lane, rules, reason, need = null } = verdict;
  const recall = rows === null ? null : memory.recall({ url, evidence, score }, nowMs);
  const blocked = challengeOf({ url, status, headers, document });
  if (asJson) {
    const learned = recall === null ? null : memoryOf(recall);
    const facts = { score, lane, rules, need, reason, blocked, evidence, memory: learned };
    await io.print(`${JSON.stringify(facts)}\n`);
    return 0;
  }
  const past = recall === null ? "" : explainRecall(recall);
  const end = blocked === null ? "" : `no page: ${blocked}; it would end as blocked\n`;
  await io.print(`${explain(verdict, config.route)}${past}${end}`);
  return 0;
}

const memoryOf = ({ pattern, prior, ofKind, ofClass }: Recall) => ({
  pattern,
  prior,
  kind: { needed: ofKind.needed, idle: ofKind.idle },
  class: { needed: ofClass.needed, idle: ofClass.idle },
});

type Fetched = LocalPage & Partial<Pick<Page, "status">>;

async function fetched(written: string, config: Config, io: Io): Promise<Result<Fetched, Failure>> {
  const url = seedUrl(written);
  if (!url.ok) return err({ code: "internal", message: `${JSON.stringify(written)} ${url.error}` });
  // Loaded only now: a local file needs no HTTP client.
  const { fetchPage } = await import("./fetch-page.ts");
  return fetchPage(url.value, config, io);
}
