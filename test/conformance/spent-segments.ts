// What every store as a whole keeps when old segments are let go: no page loses what it shows, and what superseded captures alone
// were in goes with their rows. A suite that takes a store on a clock of the test.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ProcessedPage } from "../../src/model/index.ts";
import { removeSpentSegments, type Store } from "../../src/store/index.ts";
import { processedOf } from "../../src/store/testing/pages.ts";

const never = new AbortController().signal;
const DAY_MS = 86_400_000;

export interface SpentFixture {
  readonly store: Store;
  /** From now on it is so many ms since 1970. */
  setNow(nowMs: number): void;
}

/** `withStore`: an empty store, with segments so small that each append has its own. */
export function spentSegmentsConformance(
  name: string,
  withStore: (run: (fixture: SpentFixture) => Promise<void>) => Promise<void>,
): void {
  test(`${name}: a segment goes when newer captures have taken the place of all in it, and not before`, () =>
    withStore(async ({ store, setNow }) => {
      const { content, metadata } = store;
      await metadata.connect(never);
      const startMs = Date.UTC(2026, 5, 1);
      const at = (day: number): number => startMs + day * DAY_MS;
      const stored = async (day: number, ...pages: readonly ProcessedPage[]): Promise<void> => {
        setNow(at(day));
        const locations = await content.append(pages, never);
        const rows = pages.map((page, nth) => {
          const location = locations[nth];
          assert.ok(location !== undefined);
          return { ...page, stored: location };
        });
        await metadata.record(rows, never);
      };
      const page = (number: number, day: number) =>
        processedOf(number, {
          url: `http://site.test/${number}`,
          fetchedAtMs: at(day),
          text: `page ${number} of day ${day}`,
        });
      await stored(0, page(1, 0));
      await stored(1, page(1, 1), page(2, 1));
      await stored(2, page(1, 2), page(3, 2));
      await stored(3, page(1, 3));
      await stored(10, page(4, 10));
      const before = await content.statistics();
      assert.equal(before.segments, 5);

      assert.deepEqual(await removeSpentSegments(store, at(-1), never), {
        segments: 0,
        bytes: 0,
        captures: 0,
      });
      setNow(at(12));
      const first = await removeSpentSegments(store, at(5), never);
      assert.deepEqual([first.segments, first.captures], [1, 1], "of days 1 and 2 a page is shown still");
      assert.equal((await content.statistics()).bytes, before.bytes - first.bytes);

      await stored(13, page(2, 13));
      const second = await removeSpentSegments(store, at(5), never);
      assert.deepEqual([second.segments, second.captures], [1, 2]);
      assert.deepEqual(await removeSpentSegments(store, at(5), never), {
        segments: 0,
        bytes: 0,
        captures: 0,
      });

      const shown: string[] = [];
      for await (const row of metadata.eachPage()) {
        const text = await content.readMarkdown(row.markdown);
        assert.ok((await content.readCapture(row.raw)).body.byteLength > 0);
        shown.push(/page \d+ of day \d+/.exec(text)?.[0] ?? text);
      }
      assert.deepEqual(shown.sort(), [
        "page 1 of day 3",
        "page 2 of day 13",
        "page 3 of day 2",
        "page 4 of day 10",
      ]);
      const captured: string[] = [];
      for await (const row of metadata.eachCapture())
        captured.push(`${row.url.at(-1)} ${(row.fetchedAtMs - startMs) / DAY_MS}`);
      assert.deepEqual(captured.sort(), ["1 2", "1 3", "2 13", "3 2", "4 10"]);
    }));

  test(`${name}: what waits for a browser keeps its segment`, () =>
    withStore(async ({ store, setNow }) => {
      const { content, metadata } = store;
      await metadata.connect(never);
      const startMs = Date.UTC(2026, 5, 1);
      setNow(startMs);
      const waiting = processedOf(1, { fetchedAtMs: startMs, lane: "rich" });
      const [location] = await content.append([{ ...waiting, rendering: "due" }], never);
      assert.ok(location !== undefined);
      const { captureId, url, host } = waiting.page.request;
      await metadata.renderQueue.add([{ captureId, url, host, page: "{}", stored: location }], 10, never);
      setNow(startMs + DAY_MS);
      await content.append([processedOf(2)], never);
      setNow(startMs + 9 * DAY_MS);
      const keep = await removeSpentSegments(store, startMs + DAY_MS / 2, never);
      assert.equal(keep.segments, 0);
      assert.equal((await content.readCapture(location.raw)).request.captureId, captureId);
      await metadata.renderQueue.remove([captureId]);
      await content.append([processedOf(3)], never);
      assert.ok((await removeSpentSegments(store, startMs + 5 * DAY_MS, never)).segments > 0);
      await assert.rejects(content.readCapture(location.raw));
    }));
}
