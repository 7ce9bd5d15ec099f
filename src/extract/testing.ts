// What the room's tests share: a page given as text, extracted with the default options.
import assert from "node:assert/strict";
import type { Document, RouteMarker } from "../model/index.ts";
import { extract } from "./extract.ts";
import { type ExtractOptions, extractOptionsSchema } from "./options.ts";
import type { Schema } from "./schema/declaration.ts";

export const PAGE_URL = "http://site.example/dir/page.html?q=1";

export function documentFrom(
  html: string,
  given: {
    readonly headers?: readonly (readonly [string, string])[];
    readonly options?: Partial<ExtractOptions>;
    readonly markers?: readonly RouteMarker[];
    readonly contentType?: string;
    readonly schema?: Schema;
  } = {},
): Document {
  const result = extract(
    {
      url: PAGE_URL,
      body: new TextEncoder().encode(html),
      headers: [["content-type", given.contentType ?? "text/html; charset=utf-8"], ...(given.headers ?? [])],
      truncated: false,
      schema: given.schema ?? null,
    },
    { ...extractOptionsSchema.parse({}), ...given.options },
    given.markers ?? [],
  );
  assert.ok(result.ok, result.ok ? "" : result.error.message);
  return result.value;
}
