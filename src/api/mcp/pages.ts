// Stored pages over the API, as the tools need them: found by words, and the text of one by its id or its URL.

import { hash } from "node:crypto";
import { z } from "zod";
import { type ApiCall, CallRefused, good } from "./call.ts";

const pageSchema = z.object({ id: z.string(), url: z.string(), title: z.string().nullable() });
const foundSchema = z.object({ items: z.array(pageSchema) });

export type FoundPage = z.output<typeof pageSchema>;

export async function foundPages(
  call: ApiCall,
  wish: { readonly query: string; readonly domain?: string | undefined; readonly limit: number },
  signal: AbortSignal,
): Promise<readonly FoundPage[]> {
  const asked = new URLSearchParams({ q: wish.query, limit: String(wish.limit) });
  if (wish.domain !== undefined) asked.set("domain", wish.domain);
  return good(await call("GET", `/pages?${asked}`, undefined, signal), foundSchema).items;
}

const ID = /^[0-9a-f]{64}$/;

/** Markdown of a stored page. */
export async function pageText(call: ApiCall, page: string, signal: AbortSignal): Promise<string> {
  if (!ID.test(page) && !URL.canParse(page)) throw new CallRefused(`${page} is neither an id nor a URL`);
  const id = ID.test(page) ? page : hash("sha256", new URL(page).href, "hex");
  return good(await call("GET", `/pages/${id}/markdown`, undefined, signal), z.string());
}
