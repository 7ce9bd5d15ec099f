import assert from "node:assert/strict";
import { test } from "node:test";
import type { EndedPage, PageReport } from "./index.ts";
import { extractFailureLine, outLine } from "./index.ts";

const KEYS =
  "url final_url outcome status error lane lane_wanted score content_type charset bytes fetched_at elapsed_ms depth protocol attempts title description lang canonical author published_at site_name text_length markdown links structured";

const report: PageReport = {
  kind: "page",
  request: {
    kind: "page",
    captureId: "c",
    url: "http://h.example/a",
    host: "h.example",
    crawlId: "k",
    depth: 2,
    attempt: 3,
    redirects: 0,
    given: false,
    referrer: null,
    validators: null,
    lane: "auto",
    verdict: null,
  },
  outcome: "failed",
  code: "dns",
  message: "no such name",
  status: null,
  finalUrl: "http://h.example/b",
  lane: null,
  validators: null,
  signature: null,
  fetchedAtMs: null,
  links: [],
  followers: [],
};

test("a failure's line has every key in the contract's order", () => {
  const ended: EndedPage = { report, page: null, document: null, verdict: null };
  const line = outLine(ended);
  assert.equal(Object.keys(line).join(" "), KEYS);
  assert.deepEqual(
    [line.url, line.final_url, line.depth, line.attempts],
    ["http://h.example/a", "http://h.example/b", 2, 3],
  );
  assert.deepEqual(line.error, { code: "dns", message: "no such name" });
  assert.deepEqual([line.markdown, line.links, line.structured], [null, null, null]);
});

test("content_type is the media type, as in rows and tables, with a document and without one", () => {
  const typeOf = (declared: string | null): string | null => {
    const page = {
      request: report.request,
      url: "http://h.example/a",
      status: 200,
      statusText: "OK",
      headers: declared === null ? [] : ([["content-type", declared]] as const),
      body: new Uint8Array(0),
      protocol: "http/1.1",
      remoteAddress: null,
      fetchedAtMs: 0,
      elapsedMs: 1,
      truncated: false,
    } as const;
    return outLine({ report, page, document: null, verdict: null }).content_type;
  };
  assert.equal(typeOf("Text/HTML; charset=utf-8"), "text/html");
  assert.equal(typeOf("text/plain, application/xhtml+xml;q=1"), "application/xhtml+xml");
  assert.deepEqual([typeOf("nonsense"), typeOf(""), typeOf(null)], [null, null, null]);
});

test("an extract line has the same keys and its own behind them", () => {
  const line = extractFailureLine({ code: "decode", message: "m" }, "http://h.example/");
  assert.equal(
    Object.keys(line).join(" "),
    `${KEYS} text html headings images feeds open_graph json_ld microdata noindex simhash fields`,
  );
});
