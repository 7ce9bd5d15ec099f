// Extraction alone on one thread beside the libraries it is held against, page by page, and the router: real pages (generated ones without
// --corpus), inflating not counted but for itself. All take turns, so that their ratios hold on a machine that others use too.
import { gzipSync } from "node:zlib";
import { parseDocument, Tokenizer } from "htmlparser2";
import { parse as parse5 } from "parse5";
import TurndownService from "turndown";
import { inflateBody } from "../../src/base/index.ts";
import { crawlOptions, type ExtractOptions, extract, extractOptionsSchema } from "../../src/extract/index.ts";
import { judge, routeMarkers, routeOptionsSchema } from "../../src/route/index.ts";
import { type Case, type Figure, median } from "../case.ts";
import { per1000, per1000InTurns } from "../in-process.ts";
import { realPages } from "../real-pages.ts";

const HEADERS = [["content-type", "text/html"]] as const;
const URL_OF_ALL = "http://bench.example/articles/page.html";
const LIMITS = { outputBytesMax: 100_000_000, encodingsMax: 4 };
/** Rounds before anything is measured: the engine goes on making its code better for that long. */
const WARM_UP = 30;

const ignore = (): void => {};
/** Sees every token and keeps none. */
const ignored = {
  onattribdata: ignore,
  onattribend: ignore,
  onattribentity: ignore,
  onattribname: ignore,
  oncdata: ignore,
  onclosetag: ignore,
  oncomment: ignore,
  ondeclaration: ignore,
  onend: ignore,
  onopentagend: ignore,
  onopentagname: ignore,
  onprocessinginstruction: ignore,
  onselfclosingtag: ignore,
  ontext: ignore,
  ontextentity: ignore,
};

function tokenise(text: string): void {
  const tokenizer = new Tokenizer({ xmlMode: false, decodeEntities: true }, ignored);
  tokenizer.write(text);
  tokenizer.end();
}

export const extractCase: Case = {
  name: "extract",
  summary: "bytes to document on one thread, beside bare parsers and a Markdown writer",
  async run({ runs, corpus }): Promise<Figure[]> {
    const bodies = realPages(corpus).map(({ html }) => new Uint8Array(html));
    const zipped = bodies.map((body) => new Uint8Array(gzipSync(body)));
    const decoder = new TextDecoder();
    const texts = bodies.map((body) => decoder.decode(body));
    const options = extractOptionsSchema.parse({});
    const markers = routeMarkers(routeOptionsSchema.parse({}));
    const turndown = new TurndownService();
    const body = (page: number): Uint8Array => bodies[page] ?? new Uint8Array();
    const text = (page: number): string => texts[page] ?? "";
    const read = (page: number, needed: ExtractOptions): unknown =>
      extract({ url: URL_OF_ALL, body: body(page), headers: HEADERS, truncated: false }, needed, markers);
    // As a crawl asks for it; and with what the command `extract` shows besides.
    const crawled = crawlOptions(options);
    const whole = (page: number): unknown => read(page, crawled);
    for (let round = 0; round < WARM_UP; round++)
      for (let page = 0; page < bodies.length; page++) {
        whole(page);
        read(page, options);
      }

    // Before the others leave their garbage.
    const pages = perPage(runs, bodies, whole);
    const figures = per1000InTurns(runs, bodies.length, [
      { name: "UTF-8 decode", work: (page) => decoder.decode(body(page)) },
      { name: "inflate", work: (page) => inflateBody(zipped[page] ?? new Uint8Array(), "gzip", LIMITS) },
      { name: "htmlparser2 tokens", work: (page) => tokenise(text(page)) },
      { name: "htmlparser2 DOM", work: (page) => parseDocument(text(page)) },
      { name: "parse5", work: (page) => parse5(text(page)) },
      { name: "turndown", work: (page) => turndown.turndown(text(page)) },
      { name: "extract with HTML, images, headings", work: (page) => read(page, options) },
      { name: "extract", work: whole, against: "htmlparser2 DOM", goal: 1.0, ratioGoal: 0.7 },
    ]);
    const own = figures.at(-1);
    if (own === undefined) return [...figures, ...pages];
    const bytes = bodies.reduce((sum, { byteLength }) => sum + byteLength, 0) / bodies.length;
    return [
      ...figures,
      { ...own, name: "extract, again", against: "htmlparser2 tokens", ratioGoal: 0.6 },
      { name: "bytes of the pages", unit: "MB/s", samples: own.samples.map((each) => bytes / each / 1_000) },
      ...pages,
    ];
  },
};

/** A short page is read over and over until so much is read: the clock tells whole microseconds. */
const BYTES_AT_ONCE = 65_536;
/** Before it is measured, until so much is: what runs once a page becomes good code only with thousands of pages, as in a crawl. */
const BYTES_BEFORE = 4_194_304;

/** Every page by itself: its median over the runs, so that a collection of garbage falls on no page alone. */
function perPage(runs: number, bodies: readonly Uint8Array[], work: (page: number) => unknown): Figure[] {
  const each = bodies.map((): number[] => []);
  for (const [page, { byteLength }] of bodies.entries())
    for (let read = 0; read < BYTES_BEFORE; read += Math.max(1, byteLength)) work(page);
  for (let run = 0; run < Math.max(runs, 5); run++) {
    for (const [page, samples] of each.entries()) {
      const times = Math.max(1, Math.ceil(BYTES_AT_ONCE / Math.max(1, bodies[page]?.byteLength ?? 0)));
      const before = process.cpuUsage();
      for (let time = 0; time < times; time++) work(page);
      const { user, system } = process.cpuUsage(before);
      samples.push((user + system) / 1_000 / times);
    }
  }
  const times = each.map((samples) => median(samples));
  const allMs = times.reduce((sum, time) => sum + time, 0);
  const allBytes = bodies.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const shares = bodies.map(({ byteLength }, page) => (times[page] ?? 0) / allMs / (byteLength / allBytes));
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part: number): number => sorted[Math.floor(part * (sorted.length - 1))] ?? 0;
  return [
    { name: "page, median", unit: "ms", samples: [at(0.5)] },
    { name: "page, 99th of 100", unit: "ms", samples: [at(0.99)] },
    { name: "page, longest", unit: "ms", samples: [at(1)], goal: 60 },
    { name: "page, most of its share by size", unit: "times", samples: [Math.max(...shares)], goal: 20 },
  ];
}

export const routeCase: Case = {
  name: "route",
  summary: "the router's verdict on the evidence of real pages",
  async run({ runs, corpus }): Promise<Figure[]> {
    const options = routeOptionsSchema.parse({});
    const markers = routeMarkers(options);
    const evidence = realPages(corpus).flatMap(({ html }) => {
      const input = { url: URL_OF_ALL, body: new Uint8Array(html), headers: HEADERS, truncated: false };
      const document = extract(input, extractOptionsSchema.parse({}), markers);
      return document.ok ? [document.value.evidence] : [];
    });
    const rounds = 1_000;
    const work = (): void => {
      for (let round = 0; round < rounds; round++)
        for (const one of evidence)
          judge({ url: URL_OF_ALL, evidence: one, choice: "auto", browserAvailable: true }, options);
    };
    return [await per1000("judge", runs, rounds * evidence.length, work, { goal: 0.01 })];
  },
};
