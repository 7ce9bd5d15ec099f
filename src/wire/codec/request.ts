// A page request as fields of a message. Its capture id stands at the top of the message, where every reader finds it.
import { z } from "zod";
import { CODES, type PageRequest } from "../../model/index.ts";
import { uuid } from "./message.ts";

export const captureId = uuid;
export const url = z.string().min(1).max(65_536);
export const host = z.string().min(1).max(1_024);
export const text = z.string().max(65_536);
export const code = z.enum(CODES);
export const count = z.int().min(0);
export const timeMs = z.number().min(0);
export const bin = z.instanceof(Uint8Array);
export const outcome = z.enum(["stored", "failed", "skipped"]);
/** 100 … 999, as servers send them. */
export const status = z.int().min(0).max(999);

/** Of `render.recipes`. */
export const recipeName = z.string().min(1).max(200);

export const requestFields = z.object({
  kind: z.enum(["page", "robots", "sitemap"]),
  url,
  host,
  crawl_id: z.string().max(1_024),
  depth: count,
  attempt: count,
  redirects: count,
  given: z.boolean(),
  referrer: url.nullable(),
  validators: z
    .object({ etag: text.nullable(), last_modified: text.nullable(), signature: text.nullable() })
    .nullable(),
  lane: z.enum(["auto", "fast", "rich"]),
  verdict: z
    .object({
      outcome,
      code: code.nullable(),
      message: text.nullable(),
      status: status.nullable(),
      final_url: url,
    })
    .nullable(),
  tasks: z.array(z.string().max(64)).max(100).exactOptional(),
  urgent: z.literal(true).exactOptional(),
  recipe: recipeName.exactOptional(),
});

export function toRequestFields(request: PageRequest): z.input<typeof requestFields> {
  const { validators, verdict } = request;
  return {
    kind: request.kind,
    url: request.url,
    host: request.host,
    crawl_id: request.crawlId,
    depth: request.depth,
    attempt: request.attempt,
    redirects: request.redirects,
    given: request.given,
    referrer: request.referrer,
    validators:
      validators === null
        ? null
        : { etag: validators.etag, last_modified: validators.lastModified, signature: validators.signature },
    lane: request.lane,
    verdict:
      verdict === null
        ? null
        : {
            outcome: verdict.outcome,
            code: verdict.code,
            message: verdict.message,
            status: verdict.status,
            final_url: verdict.finalUrl,
          },
    ...(request.tasks === undefined ? {} : { tasks: [...request.tasks] }),
    ...(request.urgent === undefined ? {} : { urgent: request.urgent }),
    ...(request.recipe === undefined ? {} : { recipe: request.recipe }),
  };
}

export function fromRequestFields(fields: z.output<typeof requestFields>, id: string): PageRequest {
  const { validators, verdict } = fields;
  return {
    kind: fields.kind,
    captureId: id,
    url: fields.url,
    host: fields.host,
    crawlId: fields.crawl_id,
    depth: fields.depth,
    attempt: fields.attempt,
    redirects: fields.redirects,
    given: fields.given,
    referrer: fields.referrer,
    validators:
      validators === null
        ? null
        : {
            etag: validators.etag,
            lastModified: validators.last_modified,
            signature: validators.signature,
          },
    lane: fields.lane,
    verdict:
      verdict === null
        ? null
        : {
            outcome: verdict.outcome,
            code: verdict.code,
            message: verdict.message,
            status: verdict.status,
            finalUrl: verdict.final_url,
          },
    ...(fields.tasks === undefined ? {} : { tasks: fields.tasks }),
    ...(fields.urgent === undefined ? {} : { urgent: fields.urgent }),
    ...(fields.recipe === undefined ? {} : { recipe: fields.recipe }),
  };
}
