// `dlq`: dead letters (what the program itself could not handle) and URLs that could not be fetched for good: list,
// show, queue again, drop.

import type { ExitCode } from "./command.ts";
import { dataFlag, defineCommand, onOff, storeFlag, text, value, wholeNumber } from "./command.ts";
import type { Control, ControlAnswer } from "./control.ts";
import { type Io, oneLine } from "./io.ts";
import { withControl } from "./with-folder.ts";

const ACTIONS = ["list", "show", "replay", "drop"] as const;
type Action = (typeof ACTIONS)[number];
const PAGE_ITEMS = 200;
/** `--all` takes at most so many at once; the same command takes the rest. */
const ALL_MAX = 1_000_000;

export const dlq = defineCommand({
  name: "dlq",
  summary: "dead letters and failed URLs: list, show, replay, drop",
  usage: "dlq list|show|replay|drop [ID…] [--topic T] [--all] [--data DIR] [--json]",
  examples: [
    { line: "millrace dlq list", does: "every dead letter and every URL that failed, one a line" },
    { line: "millrace dlq show https://example.com/page", does: "all that is known of one, by id or URL" },
    { line: "millrace dlq replay --all", does: "queue all of them again for the next crawl" },
  ],
  flags: {
    data: dataFlag,
    role: storeFlag,
    topic: value("T", "only those of this topic (raw.page.dlq, processed.dlq, storage.dlq)", text.optional()),
    limit: value("N", "list at most so many", wholeNumber(1).optional()),
    all: onOff("replay or drop every one, of --topic when that is given"),
    json: onOff("one JSON object a line"),
  },
  positionals: { min: 1, max: 10_000, what: "list, show, replay or drop" },
  drains: false,
  run: async (args, io) => {
    const [written = "", ...ids] = args.positionals;
    const action = ACTIONS.find((name) => name === written);
    if (action === undefined)
      return io.usage(`dlq ${JSON.stringify(written)}: allowed are ${ACTIONS.join(", ")}`);
    const wrong = misuse(action, ids.length, args.flags.all);
    if (wrong !== null) return io.usage(`dlq ${action}: ${wrong}`);
    const { topic, limit, json, all } = args.flags;
    return withControl(args, io, async (control) => {
      if (action === "list")
        return listLetters(control, io, { topic, limit: limit ?? Number.POSITIVE_INFINITY, json });
      if (action === "show") return showLetter(control, io, ids[0] ?? "");
      const change = action === "replay" ? control.dlqReplay : control.dlqDrop;
      return changeLetters(io, change, all ? everyId(control, topic) : batches(ids), action);
    });
  },
});

function misuse(action: Action, ids: number, all: boolean): string | null {
  if (action === "list") return ids > 0 || all ? "takes no id" : null;
  if (action === "show") return ids !== 1 || all ? "takes one id or URL" : null;
  if (all && ids > 0) return "takes ids or --all, not both";
  return !all && ids === 0 ? "takes ids or URLs, or --all" : null;
}

type Letter = NonNullable<ControlAnswer<"dlqShow">>;

async function listLetters(
  control: Control,
  io: Io,
  { topic, limit, json }: { topic: string | undefined; limit: number; json: boolean },
): Promise<ExitCode> {
  let cursor: string | undefined;
  for (let left = limit; left > 0; ) {
    const slice = await control.dlqList({ topic, limit: Math.min(left, PAGE_ITEMS), cursor });
    if (!slice.ok) return io.failure(slice.error);
    for (const letter of slice.value.items)
      await io.print(json ? `${JSON.stringify(letter)}\n` : shown(letter));
    left -= slice.value.items.length;
    if (slice.value.cursor === null) break;
    cursor = slice.value.cursor;
  }
  return 0;
}

function shown({ id, code, stage, url, message }: Letter): string {
  return `${oneLine(`${id}  ${code}  ${stage}  ${url === id ? "" : `${url ?? "-"}  `}${message}`)}\n`;
}

async function showLetter(control: Control, io: Io, id: string): Promise<ExitCode> {
  const letter = await control.dlqShow({ id });
  if (!letter.ok) return io.failure(letter.error);
  if (letter.value === null)
    return io.failure({ code: "internal", message: `no dead letter ${JSON.stringify(id)}` });
  await io.print(`${JSON.stringify(letter.value, null, 2)}\n`);
  return 0;
}

async function changeLetters(
  io: Io,
  change: Control["dlqReplay"],
  groups: AsyncIterable<readonly string[]> | Iterable<readonly string[]>,
  action: "replay" | "drop",
): Promise<ExitCode> {
  let asked = 0;
  let done = 0;
  for await (const ids of groups) {
    const changed = await change({ ids: [...ids] });
    if (!changed.ok) return io.failure(changed.error);
    asked += ids.length;
    done += changed.value.count;
  }
  await io.print(`${done} of ${asked} ${action === "replay" ? "queued again" : "dropped"}\n`);
  return done === asked ? 0 : 1;
}

function* batches(ids: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < ids.length; at += PAGE_ITEMS) yield ids.slice(at, at + PAGE_ITEMS);
}

/** Ids first, changes after: a list that is changed while it is walked would leave some out. */
async function* everyId(control: Control, topic: string | undefined): AsyncGenerator<readonly string[]> {
  const groups: (readonly string[])[] = [];
  for (let cursor: string | undefined; ; ) {
    const slice = await control.dlqList({ topic, limit: PAGE_ITEMS, cursor });
    if (!slice.ok) throw new Error(slice.error.message);
    if (slice.value.items.length > 0) groups.push(slice.value.items.map(({ id }) => id));
    if (slice.value.cursor === null || groups.length * PAGE_ITEMS >= ALL_MAX) break;
    cursor = slice.value.cursor;
  }
  yield* groups;
}
