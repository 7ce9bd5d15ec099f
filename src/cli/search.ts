// `search`: full-text search over what was crawled.
import { dataFlag, defineCommand, onOff, storeFlag, text, value, wholeNumber } from "./command.ts";
import type { ControlAnswer } from "./control.ts";
import { oneLine } from "./io.ts";
import { withControl } from "./with-folder.ts";

export const search = defineCommand({
  name: "search",
  summary: "search what was crawled",
  usage: "search QUERY [--data DIR] [--domain D] [--lang L] [--limit N] [--json]",
  examples: [
    { line: "millrace search 'water mill'", does: "pages that hold both words, best first" },
    { line: "millrace search 맷돌 --lang ko --json", does: "one JSON object a page" },
  ],
  flags: {
    data: dataFlag,
    role: storeFlag,
    domain: value("D", "only this host and those below it", text.optional()),
    lang: value("L", "only pages in this language", text.optional()),
    limit: value("N", "pages to show (default 20)", wholeNumber(1, 1_000).default(20)),
    cursor: value("C", "go on behind an earlier answer", text.optional()),
    json: onOff("one JSON object a line: url, title, description, domain, lang, fetchedAtMs, rank"),
  },
  positionals: { min: 1, max: 100, what: "QUERY" },
  drains: false,
  run: (args, io) =>
    withControl(args, io, async (control) => {
      const { domain, lang, limit, cursor, json } = args.flags;
      const query = args.positionals.join(" ");
      if (query.trim() === "") return io.usage('search "": the query must not be empty');
      const found = await control.search({ query, domain, lang, limit, cursor });
      if (!found.ok) return io.failure(found.error);
      const { items, total, totalIsExact } = found.value;
      for (const item of items) await io.print(json ? `${JSON.stringify(item)}\n` : shown(item));
      const more = found.value.cursor === null ? "" : `; more with --cursor ${found.value.cursor}`;
      io.say(`${totalIsExact ? "" : "at least "}${total} ${total === 1 ? "page" : "pages"}${more}`);
      return 0;
    }),
});

function shown({ title, url, description }: ControlAnswer<"search">["items"][number]): string {
  const lines = [oneLine(title ?? "(no title)"), `  ${oneLine(url)}`];
  if (description !== null && description !== "") lines.push(`  ${oneLine(description).slice(0, 200)}`);
  return `${lines.join("\n")}\n`;
}
