// `export`: stored captures to files that other tools read.
import { createReadStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import type { ExportFormat } from "../store/index.ts";
import { dataFlag, defineCommand, oneOf, onOff, storeFlag, text, value } from "./command.ts";
import { unwritable } from "./crawl-flags.ts";
import { size } from "./progress-line.ts";
import { withControl } from "./with-folder.ts";

// Spelled out here so that --help does not load the store; the compiler holds it to the store's own list.
const FORMATS = [
  "jsonl",
  "markdown",
  "warc",
  "wacz",
  "csv",
  "parquet",
] as const satisfies readonly ExportFormat[];

const instant: z.ZodType<number> = z.string().transform((written, context) => {
  const atMs = /^\d{4}-\d\d-\d\d/.test(written) ? Date.parse(written) : Number.NaN;
  if (!Number.isNaN(atMs)) return atMs;
  context.addIssue({
    code: "custom",
    message: "must be a date or time like 2026-01-31 or 2026-01-31T12:00:00Z",
  });
  return z.NEVER;
});

export const exportCommand = defineCommand({
  name: "export",
  summary: "stored captures to files: JSONL, Markdown, WARC, WACZ, CSV, Parquet",
  usage: `export --format ${FORMATS.join("|")} --out PATH [--data DIR] [--changes]`,
  examples: [
    { line: "millrace export --format jsonl --out pages.jsonl", does: "every page as the line --out writes" },
    { line: "millrace export --format wacz --out site.wacz", does: "an archive that replayweb.page opens" },
    {
      line: "millrace export --format csv --changes --out changes.csv",
      does: "what is new, changed or gone since the last time",
    },
  ],
  flags: {
    format: value("F", FORMATS.join(", "), oneOf(FORMATS)),
    out: value("PATH", "a file, a folder for markdown, - for stdout", text),
    data: dataFlag,
    role: storeFlag,
    changes: onOff("only what is new, changed or gone since the last export of this format with --changes"),
    domain: value("D", "only this host and those below it", text.optional()),
    lane: value("L", "only pages of this lane, fast or rich", oneOf(["fast", "rich"]).optional()),
    lang: value("L", "only pages in this language", text.optional()),
    query: value("Q", "only pages that this search finds", text.optional()),
    since: value("T", "only what was fetched at or after this time", instant.optional()),
    "raw-cells": onOff(
      "csv: leave cells as they are that a spreadsheet would run as formulas (they start with = + - @)",
    ),
  },
  positionals: { min: 0, max: 0, what: "" },
  drains: false,
  run: async (args, io) => {
    const { format, out, changes, domain, lane, lang, query, since } = args.flags;
    if (out === "-" && format === "markdown")
      return io.usage('export --out "-": markdown is many files and needs a folder');
    if (changes && out === "-") {
      return io.usage(
        'export --out "-": with --changes a file is wanted, so that no change is lost in a broken pipe',
      );
    }
    if (changes && [domain, lane, lang, query, since].some((filter) => filter !== undefined)) {
      return io.usage("export: --changes compares the whole store, so it takes no filter beside it");
    }
    const wrong =
      format === "markdown" ? null : unwritable("--out", out === "-" ? out : resolve(io.cwd, out));
    if (wrong !== null) return io.usage(`export: ${wrong}`);
    return withControl(args, io, async (control, folder) => {
      // The folder's owner writes files; what is meant for stdout lies in the folder until it was passed on.
      const scratch = join(folder, "scratch");
      const path = out === "-" ? join(scratch, `stdout-${process.pid}`) : resolve(io.cwd, out);
      if (out === "-") await mkdir(scratch, { recursive: true });
      const rawCells = args.flags["raw-cells"];
      const done = await control.export({
        format,
        out: path,
        changes,
        rawCells,
        domain,
        lane,
        lang,
        q: query,
        since,
      });
      if (!done.ok) return io.failure(done.error);
      try {
        if (out === "-") for await (const chunk of createReadStream(path)) await io.print(chunk);
      } finally {
        if (out === "-") await rm(path, { force: true });
      }
      const { records, bytes, changes: counts } = done.value;
      const what =
        counts === null ? "" : ` (${counts.new} new, ${counts.changed} changed, ${counts.gone} gone)`;
      io.say(`${records} ${records === 1 ? "record" : "records"}${what}, ${size(bytes)}`);
      const { waitingForBrowser: waiting } = done.value;
      if (waiting > 0)
        io.say(
          `not in it: ${waiting} fetched ${waiting === 1 ? "page that waits" : "pages that wait"} for a browser`,
        );
      return 0;
    });
  },
});
