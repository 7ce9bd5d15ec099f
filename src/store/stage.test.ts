// The two stages over stores of the test's own: order, passing through, and a bad row that fails alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Work } from "../engine/index.ts";
import type { PageReport, ProcessedPage, StoredPage } from "../model/index.ts";
import { StatementFailed } from "./errors.ts";
import type { ContentStore, MetadataStore } from "./faces.ts";
import { storeOptions } from "./options.ts";
import { contentStage, metadataStage } from "./stage.ts";
import { processedOf } from "./testing/pages.ts";

const options = storeOptions.parse({});
const work: Work = { signal: new AbortController().signal, attempt: 1, traceId: "t" };
const place = (offset: number) => ({
  raw: { key: "k", offset, length: 1 },
  markdown: { key: "k", offset: offset + 1, length: 1 },
});

const reportOf = ({ page }: StoredPage): PageReport => ({
  kind: "page",
  request: page.request,
  outcome: "stored",
  code: null,
  message: null,
  status: page.status,
  finalUrl: page.url,
  lane: "fast",
  validators: null,
  signature: null,
  fetchedAtMs: page.fetchedAtMs,
  links: [],
  followers: [],
});

test("pages that are stored already are not written again, and order is kept", async () => {
  const appended: ProcessedPage[] = [];
  const store = {
    append: (pages: readonly ProcessedPage[]) => {
      appended.push(...pages);
      return Promise.resolve(pages.map((_, at) => place(at * 10)));
    },
  };
  const stage = contentStage(store as unknown as ContentStore, options.content);
  const batch = [processedOf(1), { ...processedOf(2), stored: place(500) }, processedOf(3)];
  const verdicts = await stage.handle(batch, work);
  const offsets = verdicts.map((verdict) =>
    verdict.kind === "emit" ? verdict.outputs[0]?.stored.raw.offset : null,
  );
  assert.deepEqual(offsets, [0, 500, 10]);
  assert.equal(appended.length, 2);
});

function metadata(failing: (page: StoredPage) => string | null): MetadataStore {
  const store = {
    record: (pages: readonly StoredPage[]) => {
      for (const page of pages) {
        const sqlState = failing(page);
        if (sqlState !== null) return Promise.reject(new StatementFailed("no", sqlState));
      }
      return Promise.resolve();
    },
  };
  return store as unknown as MetadataStore;
}

const stored = (number: number): StoredPage => ({ ...processedOf(number), stored: place(number) });

test("a row whose value the database refuses is rejected alone", async () => {
  const bad = new Set([3, 11]);
  const stage = metadataStage(
    metadata(({ stored: { raw } }) => (bad.has(raw.offset) ? "22P05" : null)),
    options.metadata,
    reportOf,
  );
  const verdicts = await stage.handle(
    Array.from({ length: 20 }, (_, at) => stored(at)),
    work,
  );
  assert.deepEqual(
    verdicts.flatMap((verdict, at) => (verdict.kind === "reject" && verdict.code === "store" ? [at] : [])),
    [3, 11],
  );
  assert.equal(verdicts.filter(({ kind }) => kind === "emit").length, 18);
});

test("what is no value's fault fails the whole attempt and rejects no page", async () => {
  const stage = metadataStage(
    metadata(() => "42P01"),
    options.metadata,
    reportOf,
  );
  await assert.rejects(stage.handle([stored(1), stored(2)], work), { name: "StatementFailed" });
});
