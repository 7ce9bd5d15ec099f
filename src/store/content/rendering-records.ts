// What a browser showed, or a later extraction made, of a page whose capture was stored before, as two records of a segment: `metadata`, which tells where
// the capture lies, and the `conversion`; its picture ahead of them. A pair as every page is, so that a segment's whole part is
// told the same way.
import { hash } from "node:crypto";
import { z } from "zod";
import { asError } from "../../base/index.ts";
import type { LaneVerdict, ProcessedPage, RawLocation } from "../../model/index.ts";
import { RecordDamaged } from "../errors.ts";
import type { StoredLocations } from "../faces.ts";
import { deflatedMember } from "./gzip-member.ts";
import {
  encodeConversion,
  encodePage,
  encodePicture,
  madeOfId,
  type PageMembers,
  screenshotBefore,
  verdictFields,
} from "./page-records.ts";
import { encodeWarcHead, RECORD_END, recordId, type WarcHead, warcDate } from "./warc-record.ts";

const CONTENT_TYPE = "application/json";

const rendering = z.object({
  raw: z.object({ key: z.string(), offset: z.number(), length: z.number() }),
  /** Bytes of the conversion member that follows. */
  markdown_length: z.number(),
  /** Of the lane that the page came out of: what the response's own record says was said before. */
  verdict: verdictFields,
  /** Bytes of the picture's member, which lies right ahead. */
  screenshot_length: z.number().optional(),
});

/** Twice the threads of Node's pool. */
const ENCODED_AT_ONCE = 8;

/** In order; a few at a time, because each page under compression holds half a megabyte of zlib's state. */
export async function encodePages(pages: readonly ProcessedPage[], level: number): Promise<PageMembers[]> {
  const members: PageMembers[] = [];
  for (let at = 0; at < pages.length; at += ENCODED_AT_ONCE) {
    const some = pages.slice(at, at + ENCODED_AT_ONCE);
    members.push(...(await Promise.all(some.map((page) => membersOf(page, level)))));
  }
  return members;
}

function membersOf(page: ProcessedPage, level: number): Promise<PageMembers> {
  const { rendering, stored } = page;
  return (rendering === "done" || rendering === "again") && stored !== null
    ? encodeRendering(page, stored.raw, level)
    : encodePage(page, level);
}

async function encodeRendering(input: ProcessedPage, raw: RawLocation, level: number): Promise<PageMembers> {
  const { page, verdict } = input;
  const { captureId } = page.request;
  const isShown = verdict.lane === "rich";
  // Extracted again and again, each Markdown is a record of its own.
  const which = input.rendering === "again" ? ` as ${hash("sha256", input.document.markdown, "hex")}` : "";
  const conversion = await encodeConversion(input, madeOfId(`rendering${which}`, captureId), isShown, level);
  const screenshot = encodePicture(input);
  const fields: z.input<typeof rendering> = {
    raw: { ...raw },
    markdown_length: conversion.length,
    verdict: { ...verdict, rules: [...verdict.rules] },
    ...(screenshot === null ? {} : { screenshot_length: screenshot.length }),
  };
  const block = Buffer.from(JSON.stringify(fields), "utf8");
  const head = encodeWarcHead(
    [
      ["WARC-Type", "metadata"],
      ["WARC-Record-ID", recordId(madeOfId(`what showed${which}`, captureId))],
      ["WARC-Target-URI", page.url],
      ["WARC-Date", warcDate(page.fetchedAtMs)],
      ["WARC-Refers-To", recordId(captureId)],
      ["Content-Type", CONTENT_TYPE],
    ],
    block.byteLength,
  );
  return { screenshot, response: await deflatedMember([head, block, RECORD_END], level), conversion, raw };
}

export const isRendering = (head: WarcHead): boolean =>
  head.fields.get("warc-type") === "metadata" && head.fields.get("content-type") === CONTENT_TYPE;

/** Where the capture lies, the conversion that follows, and the verdict on the page in the end. `plain` is the whole record. */
export function decodeRendering(
  plain: Buffer,
  head: WarcHead,
  location: RawLocation,
): StoredLocations & { verdict: LaneVerdict } {
  const { key, offset, length } = location;
  try {
    const block = plain.toString("utf8", head.headBytes, head.headBytes + head.blockBytes);
    const { raw, markdown_length, screenshot_length, verdict } = rendering.parse(JSON.parse(block));
    const markdown = { key, offset: offset + length, length: markdown_length };
    return { raw, markdown, ...screenshotBefore(location, screenshot_length), verdict };
  } catch (thrown) {
    throw new RecordDamaged(`${key}:${offset}`, "it does not tell where its capture lies", asError(thrown));
  }
}
