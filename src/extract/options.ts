// The room's options: limits of one page, and of the threads that work on pages. Every figure has its unit in its name.
import { availableParallelism } from "node:os";
import { z } from "zod";

export const extractOptionsSchema = z.strictObject({
  /** Threads that parse. Default: one less than the cores, at least 1. */
  threads: z
    .int()
    .min(1)
    .max(256)
    .default(() => Math.max(1, availableParallelism() - 1)),
  /** Pages in hand per thread: one worked on, the others ready for it. */
  pagesPerThread: z.int().min(1).max(64).default(3),
  /** A page that takes longer is given up, its thread replaced: `parse`. */
  pageTimeMs: z.int().min(100).max(600_000).default(20_000),
  /** Heap of one thread; a page that needs more is given up: `parse`. */
  threadHeapMiB: z.int().min(64).max(16_384).default(512),
  /** Bytes a body may have after its content codings are undone; more is `too_large`. */
  inflatedBytesMax: z.int().min(1_024).max(2_147_483_647).default(104_857_600),
  /** Content codings that may be stacked; more is `decode`. */
  encodingsMax: z.int().min(0).max(16).default(4),
  depthMax: z.int().min(16).max(1_000).default(512),
  nodesMax: z.int().min(1_000).max(10_000_000).default(1_000_000),
  attributesMax: z.int().min(8).max(10_000).default(256),
  attributeCharsMax: z.int().min(256).max(10_000_000).default(131_072),
  linksMax: z.int().min(0).max(1_000_000).default(20_000),
  imagesMax: z.int().min(0).max(100_000).default(2_000),
  headingsMax: z.int().min(0).max(100_000).default(1_000),
  structuredCharsMax: z.int().min(0).max(100_000_000).default(2_097_152),
  structuredItemsMax: z.int().min(0).max(100_000).default(2_000),
  structuredDepthMax: z.int().min(1).max(64).default(16),
  tableCellsMax: z.int().min(100).max(10_000_000).default(200_000),
  nestingMax: z.int().min(1).max(64).default(16),
  /** Pages of a PDF that are read; the rest is left out, the document `truncated`. */
  pdfPagesMax: z.int().min(1).max(100_000).default(2_000),
  /** Characters of a PDF's text. */
  pdfCharsMax: z.int().min(1_000).max(1_000_000_000).default(20_000_000),
  /** Bytes of one buffer that reading a PDF may ask for (an inflated stream takes one); more is `too_large`. */
  pdfBufferBytesMax: z.int().min(1_048_576).max(1_073_741_824).default(134_217_728),
  /** Bytes of all buffers that reading a PDF may ask for, one after another; more is `too_large`. */
  pdfAllocatedBytesMax: z.int().min(1_048_576).max(1_099_511_627_776).default(4_294_967_296),
  /** Name by which robots metas and X-Robots-Tag may address us. */
  robotsAgent: z.string().min(1).max(100).default("millrace"),
  /** Markdown, text and HTML of the whole body instead of the main content. */
  full: z.boolean().default(false),
  /** Also give the content as HTML; without it `html` is empty. */
  html: z.boolean().default(true),
  /** What is remembered of a run's hosts to tell which blocks of text their pages repeat (docs/repeated-text.md). */
  repeats: z
    .strictObject({
      /** A block is repeated that stands on at least so many of the host's last pages, and on at least this share of them. */
      pagesMin: z.int().min(2).max(1_000).default(3),
      pagesShare: z.number().min(0).max(1).default(0.25),
      /** The last pages of a host. */
      pagesMax: z.int().min(2).max(1_000).default(32),
      /** Blocks of a host's last pages together; of more, the oldest pages go. */
      blocksPerHostMax: z.int().min(256).max(1_000_000).default(2_048),
      hostsMax: z.int().min(1).max(1_000_000).default(2_000),
      /** Blocks of all hosts together, some 40 bytes each. */
      blocksMax: z.int().min(256).max(100_000_000).default(200_000),
    })
    .prefault({}),
});

export type ExtractOptions = Readonly<z.infer<typeof extractOptionsSchema>>;

/** What no record, no row and no line of a crawl holds is not made there: a tenth of the extraction, and its way between threads. */
export function crawlOptions(options: ExtractOptions): ExtractOptions {
  return { ...options, html: false, imagesMax: 0, headingsMax: 0 };
}
