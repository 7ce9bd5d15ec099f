// A PDF's bytes to what it says of itself and the runs of text on its pages, by pdf.js (as unpdf packs it for where there is no browser). Loaded
// with the first PDF of a thread. Draws nothing, runs no script of the file, asks nothing of the network.
import { err, ok, type Result } from "../../base/index.ts";
import type { Failure } from "../../model/index.ts";
import { type AllocationLimits, withinAllocation } from "./allocation-limit.ts";
import { CharacterMaps } from "./character-maps.ts";

export interface PdfLimits extends AllocationLimits {
  readonly pagesMax: number;
  /** Characters of all pages. */
  readonly charsMax: number;
  readonly linksMax: number;
}

/** A run of text as it is set: origin of its baseline in points from the page's lower left. */
export interface TextRun {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  /** Height of the font in points, 0 where it is not known. */
  readonly size: number;
  /** The library saw a line end behind it. */
  readonly endsLine: boolean;
}

export interface PdfPage {
  readonly runs: readonly TextRun[];
}

export interface PdfContent {
  /** As the file has them: dates as D:YYYYMMDDHHmmSSOHH'mm'. */
  readonly info: {
    readonly title: string | null;
    readonly author: string | null;
    readonly subject: string | null;
    readonly created: string | null;
    readonly modified: string | null;
    readonly language: string | null;
  };
  readonly pages: readonly PdfPage[];
  readonly links: readonly { readonly url: string; readonly text: string }[];
  /** More pages, or more text, than the limits allow; what came before is there. */
  readonly cut: boolean;
}

type PdfDocument = Awaited<ReturnType<typeof import("unpdf")["getDocumentProxy"]>>;

/** Fails as `parse` (no PDF that can be read, encrypted) or `too_large` (memory). Takes `bytes` over. */
export async function readPdf(bytes: Uint8Array, limits: PdfLimits): Promise<Result<PdfContent, Failure>> {
  const { getDocumentProxy } = await import("unpdf");
  await loadLibrary();
  return withinAllocation(limits, async (refused) => {
    let document: PdfDocument | null = null;
    try {
      document = await getDocumentProxy(bytes, {
        verbosity: 0,
        useSystemFonts: false,
        disableFontFace: true,
        useWorkerFetch: false,
        BinaryDataFactory: CharacterMaps,
        cMapPacked: true,
        useWasm: false,
        enableXfa: false,
        isOffscreenCanvasSupported: false,
        isImageDecoderSupported: false,
        stopAtErrors: false,
      });
      const content = await contentOf(document, limits);
      const memory = refused();
      return memory === null ? ok(content) : err(outOfMemory(memory));
    } catch (thrown) {
      const memory = refused();
      return err(memory === null ? failureOf(thrown) : outOfMemory(memory));
    } finally {
      await document?.loadingTask.destroy();
    }
  });
}

/** Before any limit stands: what it makes once is no file's. */
async function loadLibrary(): Promise<void> {
  const { getResolvedPDFJS } = await import("unpdf");
  await getResolvedPDFJS();
}

const outOfMemory = (what: string): Failure => ({
  code: "too_large",
  message: `the PDF was given up at its memory limit: ${what}`,
});

function failureOf(thrown: unknown): Failure {
  const [name, message] = thrown instanceof Error ? [thrown.name, thrown.message] : ["", String(thrown)];
  if (name === "PasswordException")
    return { code: "parse", message: "the PDF is encrypted: it opens with a password only" };
  return { code: "parse", message: `no PDF that can be read: ${message.slice(0, 300)}` };
}

async function contentOf(document: PdfDocument, limits: PdfLimits): Promise<PdfContent> {
  const { info } = await document.getMetadata();
  const said = (key: string): string | null => {
    const value: unknown = Reflect.get(info, key);
    return typeof value === "string" && value.trim() !== "" ? value : null;
  };
  const pages: PdfPage[] = [];
  const links: { url: string; text: string }[] = [];
  let chars = 0;
  const count = Math.min(document.numPages, limits.pagesMax);
  for (let number = 1; number <= count && chars < limits.charsMax; number++) {
    let page: Awaited<ReturnType<PdfDocument["getPage"]>>;
    try {
      page = await document.getPage(number);
    } catch {
      pages.push({ runs: [] }); // one broken page of many
      continue;
    }
    const runs: TextRun[] = [];
    for await (const run of runsOf(page)) {
      chars += run.text.length;
      if (chars > limits.charsMax) break;
      runs.push(run);
    }
    pages.push({ runs });
    if (links.length < limits.linksMax) links.push(...(await linksOf(page, limits.linksMax - links.length)));
    page.cleanup();
  }
  return {
    info: {
      title: said("Title"),
      author: said("Author"),
      subject: said("Subject"),
      created: said("CreationDate"),
      modified: said("ModDate"),
      language: said("Language"),
    },
    pages,
    links,
    cut: count < document.numPages || chars > limits.charsMax,
  };
}

type Page = Awaited<ReturnType<PdfDocument["getPage"]>>;

async function* runsOf(page: Page): AsyncGenerator<TextRun> {
  let items: Awaited<ReturnType<Page["getTextContent"]>>["items"];
  try {
    ({ items } = await page.getTextContent());
  } catch {
    return; // a page whose content is broken has no text; the others have theirs
  }
  for (const item of items) {
    if (!("str" in item)) continue;
    const [a = 0, b = 0, c = 0, d = 0, x = 0, y = 0]: number[] = item.transform;
    yield {
      text: item.str,
      x,
      y,
      width: item.width,
      size: Math.hypot(c, d) || Math.hypot(a, b),
      endsLine: item.hasEOL,
    };
  }
}

async function linksOf(page: Page, max: number): Promise<{ url: string; text: string }[]> {
  try {
    const annotations: readonly unknown[] = await page.getAnnotations({ intent: "display" });
    return annotations
      .flatMap((annotation) => {
        if (typeof annotation !== "object" || annotation === null) return [];
        const url: unknown = Reflect.get(annotation, "url") ?? Reflect.get(annotation, "unsafeUrl");
        return typeof url === "string" ? [{ url, text: "" }] : [];
      })
      .slice(0, max);
  } catch {
    return [];
  }
}
