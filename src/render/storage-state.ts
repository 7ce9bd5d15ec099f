// Cookies and local storage of a person who signed in once, as a file in Playwright's format: read for the pages of the
// recipe that names it, written back where it says so. What it holds is secret: no message ever shows a part of it.
import { open, readFile, rename, rm } from "node:fs/promises";
import { z } from "zod";
import { describe, err, ok, type Result } from "../base/index.ts";
import type { Failure } from "../model/index.ts";

const BYTES_MAX = 8 * 1024 * 1024;

const storageStateSchema = z.object({
  cookies: z
    .array(
      z.object({
        name: z.string().min(1),
        value: z.string(),
        domain: z.string().min(1),
        path: z.string().default("/"),
        /** Seconds since 1970; -1: until the browser closes. */
        expires: z.number().default(-1),
        httpOnly: z.boolean().default(false),
        secure: z.boolean().default(false),
        sameSite: z.enum(["Strict", "Lax", "None"]).default("Lax"),
      }),
    )
    .max(10_000)
    .default([]),
  origins: z
    .array(
      z.object({
        origin: z.url({ protocol: /^https?$/ }),
        localStorage: z.array(z.object({ name: z.string(), value: z.string() })).max(10_000),
      }),
    )
    .max(1_000)
    .default([]),
});

export type StorageState = z.infer<typeof storageStateSchema>;

/** The files of a configuration's recipes, each read once. */
export class StorageFiles {
  readonly #states = new Map<string, Promise<Result<StorageState, Failure>>>();
  #writing: Promise<unknown> = Promise.resolve();

  /** `render` where the file is not to be had or not of the format. */
  read(file: string): Promise<Result<StorageState, Failure>> {
    const known = this.#states.get(file);
    if (known !== undefined) return known;
    const reading = readState(file);
    this.#states.set(file, reading);
    // A file that is put right later is read then.
    void reading.then(({ ok: isRead }) => isRead || this.#states.delete(file));
    return reading;
  }

  /** Durable before it resolves, and whole or not at all. The next page has it. */
  save(file: string, state: unknown): Promise<Result<null, Failure>> {
    const write = async (): Promise<Result<null, Failure>> => {
      const parsed = storageStateSchema.safeParse(state);
      if (!parsed.success) return err(failure(file, `cannot be written: ${faultIn(parsed.error)}`));
      const beside = `${file}.${process.pid}.new`;
      try {
        const handle = await open(beside, "w", 0o600);
        try {
          await handle.writeFile(`${JSON.stringify(parsed.data, null, 2)}\n`);
          await handle.sync();
        } finally {
          await handle.close();
        }
        await rename(beside, file);
      } catch (thrown) {
        await rm(beside, { force: true }).catch(() => undefined);
        return err(failure(file, `cannot be written (${describe(thrown)})`));
      }
      this.#states.set(file, Promise.resolve(ok(parsed.data)));
      return ok(null);
    };
    const mine = this.#writing.then(write);
    this.#writing = mine;
    return mine;
  }
}

async function readState(file: string): Promise<Result<StorageState, Failure>> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (thrown) {
    return err(failure(file, `cannot be read (${describe(thrown)})`));
  }
  if (text.length > BYTES_MAX) return err(failure(file, "is over 8 MiB"));
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // The parser's message would quote the text.
    return err(failure(file, "is no JSON"));
  }
  const state = storageStateSchema.safeParse(parsed);
  return state.success ? ok(state.data) : err(failure(file, faultIn(state.error)));
}

/** Where it is wrong and what is allowed; values stay out. */
function faultIn({ issues: [issue] }: z.ZodError): string {
  const place = issue?.path.join(".") ?? "";
  return `${place === "" ? "it" : place} is not as Playwright writes it (${issue?.code ?? "invalid"})`;
}

const failure = (file: string, what: string): Failure => ({
  code: "render",
  message: `storage state ${file}: ${what}`,
});
