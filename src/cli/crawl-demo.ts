// `crawl --demo`: serves the demonstration web on free loopback ports and turns the spec into a crawl of it: its seeds, no
// delay, a fresh folder. Robots rules and limits stay as they are.
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CrawlSpec } from "./crawl-flags.ts";

/** What the demonstration web says of each of its pages: {table, words}; see demo/table.ts. */
const TABLE = "demo-table.json";

export interface DemoCrawl {
  readonly spec: CrawlSpec;
  close(): Promise<void>;
}

/** `ownFolder` false: the user named no folder, so a fresh temporary one is made. */
export async function demoCrawl(spec: CrawlSpec, folderNamed: boolean): Promise<DemoCrawl> {
  // The generator is a project of its own beside src/, built before it.
  const { startDemoWeb } = await import("../../demo/dist/index.js");
  const web = await startDemoWeb();
  const data = folderNamed ? spec.data : mkdtempSync(join(tmpdir(), "millrace-demo-"));
  mkdirSync(data, { recursive: true });
  // The web's own answer sheet, for whoever wants to compare.
  writeFileSync(join(data, TABLE), JSON.stringify({ table: web.table, words: web.words }, null, 1));
  const settings = [
    { path: "net.resolve", value: web.resolve, flag: "--demo" },
    { path: "frontier.delayMs", value: 0, flag: "--demo" },
    { path: "frontier.robotsSitemaps", value: true, flag: "--demo" },
    { path: "fetch.retryFirstMs", value: 200, flag: "--demo" },
    { path: "fetch.timeoutMs", value: 10_000, flag: "--demo" },
  ].filter(({ path }) => !spec.settings.some((given) => given.path === path));
  return {
    spec: {
      ...spec,
      data,
      seeds: web.seeds,
      settings: [...settings, ...spec.settings],
    },
    close: () => web.close(),
  };
}
