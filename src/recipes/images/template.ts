// Texts with {names} in them, filled with a subject's values: for URLs percent-encoded, for keys as one part of a path. Pure.
import { err, ok, type Result } from "../../base/index.ts";

export type Values = { readonly [name: string]: string };

const PLACEHOLDER = /\{([A-Za-z_][A-Za-z0-9_]{0,63})\}/g;

/** Names in their order; null where a brace stands alone or holds no name. */
export function placeholdersOf(template: string): string[] | null {
  if (/[{}]/.test(template.replace(PLACEHOLDER, ""))) return null;
  return Array.from(template.matchAll(PLACEHOLDER), ([, name = ""]) => name);
}

/** The URL, or the name for which the subject has no value. `{url}` alone is taken as it is. */
export function filledUrl(template: string, values: Values): Result<string, string> {
  if (template === "{url}") return filled(template, values, (value) => value);
  return filled(template, values, percentEncoded);
}

export function filledKey(template: string, values: Values): Result<string, string> {
  return filled(template, values, keyPart);
}

function filled(template: string, values: Values, encode: (value: string) => string): Result<string, string> {
  for (const name of placeholdersOf(template) ?? []) {
    if (!Object.hasOwn(values, name) || values[name] === "") return err(name);
  }
  return ok(template.replace(PLACEHOLDER, (_, name: string) => encode(values[name] ?? "")));
}

/** Lone surrogates, which UTF-8 has no bytes for, become the replacement character. */
function percentEncoded(value: string): string {
  return encodeURIComponent(value.toWellFormed()).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Letters and digits of all scripts, "-", "_" and dots that do not stand first; all else percent-encoded, so that no two are one. */
function keyPart(value: string): string {
  return value
    .toWellFormed()
    .replace(/[^\p{L}\p{N}\p{M}._-]|^\./gu, (sign) =>
      Array.from(Buffer.from(sign), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(
        "",
      ),
    );
}
