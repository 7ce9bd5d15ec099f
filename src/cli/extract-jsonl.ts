// Pages as JSON lines in, extracted pages out: several at once, handed out in the order they came. A line that is
// wrong becomes a line that says so; the others go on.
import { resolve } from "node:path";
import { z } from "zod";
import { describe, err, inOrder, ok, type Result } from "../base/index.ts";
import type { ParsePool, Schema } from "../extract/index.ts";
import { type ExtractLine, extractFailureLine, extractLine, type Failure } from "../model/index.ts";
import type { Io } from "./io.ts";
import { type Line, splitLines } from "./json-lines.ts";
import { type LocalPage, readBounded } from "./local-page.ts";

const LINE_BYTES_MAX = 256 * 1024 * 1024;

const inputSchema = z.object({
  id: z.union([z.string(), z.number()]).nullable().default(null),
  url: z.string().max(65_536).optional(),
  html: z.string().optional(),
  path: z.string().min(1).optional(),
  content_type: z.string().optional(),
});
type Input = z.output<typeof inputSchema>;

export type IdentifiedLine = { readonly id: string | number | null } & ExtractLine;

export function extractedLines(
  input: AsyncIterable<Uint8Array | string>,
  pool: ParsePool,
  schema: Schema | null,
  io: Pick<Io, "cwd" | "stop">,
): AsyncGenerator<IdentifiedLine> {
  let number = 0;
  const extractOne = async (line: Line): Promise<IdentifiedLine> => {
    const parsed = parseLine(line, ++number);
    if (!parsed.ok) return { id: null, ...extractFailureLine(parsed.error, "") };
    const { id, url = "about:blank" } = parsed.value;
    const page = await pageOf(parsed.value, url, io.cwd);
    if (!page.ok) return { id, ...extractFailureLine(page.error, url) };
    const document = await pool.extract({ ...page.value, schema }, io.stop);
    return {
      id,
      ...(document.ok ? extractLine(document.value, url) : extractFailureLine(document.error, url)),
    };
  };
  return inOrder(splitLines(input, LINE_BYTES_MAX), pool.capacity, extractOne);
}

function parseLine(line: Line, number: number): Result<Input, Failure> {
  if (line.kind === "too_long") return err({ code: "too_large", message: `line ${number} is over 256 MiB` });
  let value: unknown;
  try {
    value = JSON.parse(line.text);
  } catch (thrown) {
    return err({ code: "parse", message: `line ${number} is not JSON: ${describe(thrown).slice(0, 200)}` });
  }
  const parsed = inputSchema.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  const issue = parsed.error.issues[0];
  return err({
    code: "parse",
    message: `line ${number}: ${issue?.path.join(".") ?? ""} ${issue?.message ?? "is wrong"}`,
  });
}

async function pageOf(input: Input, url: string, cwd: string): Promise<Result<LocalPage, Failure>> {
  const { html, path, content_type: type } = input;
  if (html !== undefined) {
    // A string is decoded text already: whatever charset the page or its type names, these bytes are UTF-8.
    const plain = (type ?? "text/html").replace(/;\s*charset\s*=\s*("[^"]*"|[^;\s]*)/gi, "");
    const headers = [["content-type", `${plain}; charset=utf-8`]] as const;
    return ok({ url, body: new TextEncoder().encode(html), headers, truncated: false });
  }
  if (path === undefined) return err({ code: "parse", message: 'neither "html" nor "path" is given' });
  const body = await readBounded(resolve(cwd, path), path);
  if (!body.ok) return body;
  return ok({
    url,
    body: body.value,
    headers: type === undefined ? [] : [["content-type", type]],
    truncated: false,
  });
}
