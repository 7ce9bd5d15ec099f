// The stage behind --out: one JSON line for each URL that ended, durable before the record goes on. A URL that others
// redirected to ends for them too, so their lines are written with its own. Knows no crawl and no store.
import { type BatchLimits, type BatchStage, NotConnected, type Work } from "../engine/index.ts";
import { type Code, type EndedPage, namedFields } from "../model/index.ts";
import { type LineFile, openLineFile } from "./line-file.ts";

export interface OutWriterParts {
  /** Absolute file name, or "-" for `print`. */
  readonly path: string;
  /** Keys to keep, in this order; null keeps the line as it is. */
  readonly fields: readonly string[] | null;
  readonly batch: BatchLimits;
  readonly deadlineMs: number;
  lineOf(ended: EndedPage): object;
  /** URLs whose end is this URL's end, because they redirected to it. */
  followersOf(url: string): readonly string[] | Promise<readonly string[]>;
  /** stdout, with its back pressure. */
  print(text: string): Promise<void>;
  /** The file or stdout takes no more (disk full, reader gone): the run must stop. No record is acknowledged meanwhile. */
  failed(error: unknown): void;
}

export function outWriter(parts: OutWriterParts): BatchStage<EndedPage, EndedPage, Code> {
  const { path, fields, batch, deadlineMs, lineOf, followersOf, print, failed } = parts;
  let file: LineFile | null = null;
  const append = async (lines: string): Promise<void> => {
    if (path === "-") return print(lines);
    if (file === null) throw new NotConnected(`${path} is not open`);
    return file.append(lines);
  };
  return {
    name: "out",
    batch,
    deadlineMs,
    async connect() {
      if (path !== "-" && file === null) file = await openLineFile(path);
    },
    async handle(ended: readonly EndedPage[], _work: Work) {
      const written: EndedPage[] = [];
      const lines: string[] = [];
      for (const item of ended) {
        const followers = await followersOf(item.report.request.url);
        const own = await lineOf(item);
        const line = fields === null ? own : { ...own, ...namedFields(item) };
        lines.push(lineText(line, fields));
        for (const url of followers) lines.push(lineText({ ...line, url }, fields));
        written.push(followers.length === 0 ? item : { ...item, report: { ...item.report, followers } });
      }
      try {
        await append(lines.join(""));
      } catch (thrown) {
        failed(thrown);
        throw new NotConnected(`--out ${path} takes no more lines`, { cause: thrown });
      }
      return written.map((item) => ({ kind: "emit" as const, outputs: [item] }));
    },
    async close() {
      await file?.close();
      file = null;
    },
  };
}

export function lineText(line: object, fields: readonly string[] | null): string {
  const kept =
    fields === null ? line : Object.fromEntries(fields.map((key) => [key, Reflect.get(line, key) ?? null]));
  return `${JSON.stringify(kept)}\n`;
}
