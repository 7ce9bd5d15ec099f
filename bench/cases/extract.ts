// Extraction alone on one thread, its parts, and the router: real pages (generated ones without --corpus), inflating not counted but
// for itself. The parts are those that other libraries' figures can be held against: inflate, charset, parse.
import { gzipSync } from "node:zlib";
import { inflateBody } from "../../src/base/index.ts";
import { extract, extractOptionsSchema } from "../../src/extract/index.ts";
import { judge, routeMarkers, routeOptionsSchema } from "../../src/route/index.ts";
import type { Case, Figure } from "../case.ts";
import { per1000 } from "../in-process.ts";
import { realPages } from "../real-pages.ts";

const HEADERS = [["content-type", "text/html"]] as const;
const URL_OF_ALL = "http://bench.example/articles/page.html";
const ROUNDS = 3;
const LIMITS = { outputBytesMax: 100_000_000, encodingsMax: 4 };

export const extractCase: Case = {
  name: "extract",
  summary: "bytes to document on one thread, and inflating and decoding alone",
  async run({ runs, corpus }): Promise<Figure[]> {
    const pages = realPages(corpus).map(({ html }) => ({
      html: new Uint8Array(html),
      zipped: new Uint8Array(gzipSync(html)),
    }));
    const options = extractOptionsSchema.parse({});
    const markers = routeMarkers(routeOptionsSchema.parse({}));
    const decoder = new TextDecoder();
    const all = (work: (page: (typeof pages)[number]) => unknown) => (): void => {
      for (let round = 0; round < ROUNDS; round++) for (const page of pages) work(page);
    };
    const figure = (
      name: string,
      work: (page: (typeof pages)[number]) => unknown,
      held: Parameters<typeof per1000>[4],
    ) => per1000(name, runs, pages.length * ROUNDS, all(work), held);
    return [
      await figure("UTF-8 decode", ({ html }) => decoder.decode(html), {}),
      await figure("inflate", ({ zipped }) => inflateBody(zipped, "gzip", LIMITS), {
        against: "UTF-8 decode",
      }),
      await figure(
        "extract",
        ({ html }) =>
          extract({ url: URL_OF_ALL, body: html, headers: HEADERS, truncated: false }, options, markers),
        { against: "UTF-8 decode", goal: 1.0 },
      ),
    ];
  },
};

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
