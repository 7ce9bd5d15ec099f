// `extract`: the extraction alone, on one local page or on a stream of them. Nothing is fetched and nothing is kept.
import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { systemClock } from "../base/index.ts";
import { type Config, loadConfig } from "../config.ts";
import { createParsePool, FillRates, type Schema } from "../extract/index.ts";
import { extractLine } from "../model/index.ts";
import { routeMarkers } from "../route/index.ts";
import type { ExitCode } from "./command.ts";
import { defineCommand, httpUrl, oneOf, onOff, text, value } from "./command.ts";
import { extractedLines } from "./extract-jsonl.ts";
import { extractOne } from "./extract-one.ts";
import type { Io } from "./io.ts";
import { readLocalPage } from "./local-page.ts";
import { alarmLine, fillTable, readSchema } from "./schema-file.ts";

export const extract = defineCommand({
  name: "extract",
  summary: "the extraction alone, on local HTML",
  usage: "extract [FILE|-] [--url U] [--format json|markdown|text] [--full] [--schema FILE] [--jsonl]",
  examples: [
    { line: "millrace extract page.html --format markdown", does: "the main content of a page as Markdown" },
    {
      line: "curl -s https://example.com | millrace extract --url https://example.com",
      does: "everything as JSON",
    },
    {
      line: "millrace extract product.html --schema product.yaml",
      does: "declared fields beside the rest",
    },
    {
      line: "millrace extract --jsonl < pages.jsonl > out.jsonl",
      does: 'many: {"id","url","html"|"path"} a line',
    },
  ],
  flags: {
    url: value("U", "the page's URL: the base of its links", httpUrl.optional()),
    "content-type": value("S", "the Content-Type header it came with", text.optional()),
    format: value(
      "F",
      "json (default), markdown or text",
      oneOf(["json", "markdown", "text"]).default("json"),
    ),
    full: onOff("the whole body instead of the main content"),
    schema: value("FILE", "a YAML or JSON file of fields to look for (docs/schema.md)", text.optional()),
    jsonl: onOff(
      'objects {"id","url","html"|"path","content_type"} a line in, {"id",…} a line out, in the same order',
    ),
  },
  positionals: { min: 0, max: 1, what: "FILE" },
  drains: false,
  async run({ flags, positionals, given, shared }, io) {
    const settings = flags.full ? [{ path: "extract.full", value: true, flag: "--full" }] : [];
    const loaded = loadConfig({ role: "standalone", files: shared.config, flags: settings, cwd: io.cwd });
    if (!loaded.ok) return io.usage(loaded.error);
    const { config } = loaded.value;
    const name = positionals[0] ?? "-";
    const schema = flags.schema === undefined ? null : await readSchema(flags.schema, io);
    if (schema !== null && !schema.ok) return io.usage(schema.error);
    if (schema !== null && flags.format !== "json")
      return io.usage(`extract: --schema does not go with --format ${flags.format}, which holds no fields`);
    if (flags.jsonl) {
      const wrong = ["url", "content-type", "format"].find((flag) => given.has(flag));
      if (wrong !== undefined)
        return io.usage(`extract: --${wrong} does not go with --jsonl, whose lines say it`);
      return many(name, config, schema?.value ?? null, io);
    }
    const page = await readLocalPage(name, { url: flags.url, contentType: flags["content-type"] }, io);
    if (!page.ok) return io.failure(page.error);
    const document = await extractOne({ ...page.value, schema: schema?.value ?? null }, config, io.stop);
    if (!document.ok) return io.failure(document.error);
    if (flags.format === "markdown") await io.print(`${document.value.markdown.trimEnd()}\n`);
    else if (flags.format === "text") await io.print(`${document.value.text.trimEnd()}\n`);
    else await io.print(`${JSON.stringify(extractLine(document.value, page.value.url), null, 2)}\n`);
    return 0;
  },
});

/** Exit code 0 whatever single lines came to: each says so itself, and their number goes to stderr. */
async function many(name: string, config: Config, schema: Schema | null, io: Io): Promise<ExitCode> {
  const input = name === "-" ? io.stdin : createReadStream(resolve(io.cwd, name));
  const pool = createParsePool({
    options: config.extract,
    markers: routeMarkers(config.route),
    clock: systemClock,
  });
  const rates = schema === null ? null : new FillRates();
  let failed = 0;
  try {
    for await (const line of extractedLines(input, pool, schema, io)) {
      if (line.error !== null) failed++;
      await io.print(`${JSON.stringify(line)}\n`);
      const { fields: values, field_sources: sources } = line;
      if (rates === null || values === null || sources === undefined) continue;
      for (const alarm of rates.add({ values, sources })) io.say(alarmLine(alarm));
    }
  } finally {
    await pool.close();
  }
  if (rates !== null) for (const line of fillTable(rates.rates())) io.say(line);
  if (failed > 0) io.say(`${failed} ${failed === 1 ? "line" : "lines"} failed: see their "error"`);
  return 0;
}
