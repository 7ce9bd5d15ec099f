// `why`: what became of one URL, and why.
import { dataFlag, defineCommand, onOff, storeFlag } from "./command.ts";
import type { ControlAnswer } from "./control.ts";
import { oneLine } from "./io.ts";
import { withControl } from "./with-folder.ts";

export const why = defineCommand({
  name: "why",
  summary: "the state of a URL, its reason, its history",
  usage: "why URL [--data DIR] [--json]",
  examples: [
    {
      line: "millrace why https://example.com/page",
      does: "stored, failed, skipped or waiting, and the reason",
    },
  ],
  flags: { data: dataFlag, role: storeFlag, json: onOff("one JSON object") },
  positionals: { min: 1, max: 1, what: "URL" },
  drains: false,
  run: (args, io) =>
    withControl(args, io, async (control) => {
      const answer = await control.why({ url: args.positionals[0] ?? "" });
      if (!answer.ok) return io.failure(answer.error);
      await io.print(args.flags.json ? `${JSON.stringify(answer.value)}\n` : shown(answer.value));
      return 0;
    }),
});

function shown(answer: ControlAnswer<"why">): string {
  const { url, state, code, message, history } = answer;
  const known = state !== null || history.length > 0;
  const facts: readonly (readonly [string, string | number | null])[] = [
    ["url", url],
    ["state", state ?? (known ? "stored" : "unknown: this URL never entered")],
    ["reason", code === null ? message : `${code}: ${message ?? ""}`],
    ["status", answer.status],
    ["led to", answer.finalUrl === url ? null : answer.finalUrl],
    ["depth", answer.depth],
    ["attempts", answer.attempts],
    ["found on", answer.referrer],
    ["crawl", answer.crawlId],
    ["tried again", answer.nextAttemptMs === null ? null : new Date(answer.nextAttemptMs).toISOString()],
  ];
  const lines = facts.flatMap(([name, value]) =>
    value === null ? [] : [`${name.padEnd(12)}${oneLine(String(value))}`],
  );
  const past = history.map(
    ({ atMs, event, detail }) => `  ${new Date(atMs).toISOString()}  ${event}: ${oneLine(detail)}`,
  );
  return `${[...lines, ...(past.length === 0 ? [] : ["history", ...past])].join("\n")}\n`;
}
