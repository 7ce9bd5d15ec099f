// Where a capture's records lie, as columns: three a record. Their shape in a row, how a statement selects them, and the way
// back. Knows no table.
import { z } from "zod";
import type { RawLocation, StoredLocations } from "../../model/index.ts";

export const pairFields = {
  raw_key: z.string(),
  raw_offset: z.number(),
  raw_length: z.number(),
  markdown_key: z.string(),
  markdown_offset: z.number(),
  markdown_length: z.number(),
};

export const screenshotFields = {
  screenshot_key: z.string().nullable(),
  screenshot_offset: z.number().nullable(),
  screenshot_length: z.number().nullable(),
};

/** 64-bit integers as numbers: below 2^53 by construction. */
export const PAIR = `raw_key, raw_offset::double precision, raw_length::double precision,
  markdown_key, markdown_offset::double precision, markdown_length::double precision`;
export const SCREENSHOT =
  "screenshot_key, screenshot_offset::double precision, screenshot_length::double precision";

const pairShape = z.object(pairFields);
const screenshotShape = z.object(screenshotFields);

const location = (key: string, offset: number, length: number): RawLocation => ({ key, offset, length });

export const pairOf = (row: z.infer<typeof pairShape>): Pick<StoredLocations, "raw" | "markdown"> => ({
  raw: location(row.raw_key, row.raw_offset, row.raw_length),
  markdown: location(row.markdown_key, row.markdown_offset, row.markdown_length),
});

/** Null: no picture was taken. */
export const screenshotOf = (row: z.infer<typeof screenshotShape>): RawLocation | null =>
  row.screenshot_key === null
    ? null
    : location(row.screenshot_key, row.screenshot_offset ?? 0, row.screenshot_length ?? 0);
