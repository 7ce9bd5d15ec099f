// A subject: something that has a picture somewhere (an artist, a product, a place), as it comes in from outside and as it is
// kept. One schema for the API, for files and for queries.
import { z } from "zod";
import type { Code } from "../../model/index.ts";
import type { Values } from "./template.ts";

/** PostgreSQL's text holds no NUL, and a line of a log no control character. */
const line = (charsMax: number) =>
  z
    .string()
    .trim()
    .min(1, "must not be empty")
    .max(charsMax)
    .refine((text) => !/[\u0000-\u001f\u007f]/.test(text), "holds control characters")
    .refine((text) => text.isWellFormed(), "is no text");

const httpUrl = z
  .string()
  .trim()
  .max(8_192)
  .transform((text, context) => {
    const url = URL.parse(text);
    if (url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "") {
      url.hash = "";
      return url.href;
    }
    context.addIssue({ code: "custom", message: "must be an absolute http or https URL without a password" });
    return z.NEVER;
  });

/** Names that templates fill otherwise. */
const OWN = ["id", "name", "url", "ext"];

export const newSubjectSchema = z.strictObject({
  id: line(200),
  name: line(500),
  url: httpUrl.nullable().default(null),
  /** What templates may stand for, beside id, name and url. */
  variables: z
    .record(
      z
        .string()
        .regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, "must be a name")
        .refine((name) => !OWN.includes(name), "is a name of its own"),
      line(2_000),
    )
    .refine((variables) => Object.keys(variables).length <= 50, "more than 50")
    .default({}),
});

export type NewSubject = z.output<typeof newSubjectSchema>;

export type SubjectOrigin = "api" | "file" | "query";

/** A picture as it is kept. Times in ms since 1970. */
export interface SubjectImage {
  readonly key: string;
  readonly sourceUrl: string;
  readonly pageUrl: string;
  /** SHA-256 (hex) of the object, and of what was fetched: two only where it was made anew. */
  readonly sha256: string;
  readonly sourceSha256: string;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  readonly contentType: string;
}

export interface Subject extends NewSubject {
  readonly origin: SubjectOrigin;
  /** Since its picture was had last. */
  readonly attempts: number;
  readonly attemptedAtMs: number | null;
  /** What the last try came to; null when it went well, or there was none. */
  readonly errorCode: Code | null;
  readonly lastError: string | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly image: (SubjectImage & { readonly storedAtMs: number; readonly checkedAtMs: number }) | null;
}

/** What templates fill in. */
export function valuesOf({ id, name, url, variables }: NewSubject): Values {
  return { ...variables, id, name, ...(url === null ? {} : { url }) };
}
