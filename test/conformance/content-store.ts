// What every content store keeps, whatever holds its bytes. A suite that takes a factory; run for the folder today.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContentStore, StoredCapture } from "../../src/store/index.ts";
import { processedOf } from "../../src/store/testing/pages.ts";

export interface ContentFixture {
  readonly store: ContentStore;
  /** The same bytes, opened by another process. */
  reopen(): Promise<ContentStore>;
}

const never = new AbortController().signal;

async function all(captures: AsyncIterable<StoredCapture>): Promise<StoredCapture[]> {
  const list: StoredCapture[] = [];
  for await (const capture of captures) list.push(capture);
  return list;
}

export function contentStoreConformance(
  name: string,
  withFixture: (run: (fixture: ContentFixture) => Promise<void>) => Promise<void>,
): void {
  test(`${name}: what was appended is read back by its locations, also after reopening`, () =>
    withFixture(async ({ store, reopen }) => {
      await store.connect(never);
      const pages = Array.from({ length: 30 }, (_, at) => processedOf(at, { text: `text ${at} 한글` }));
      const locations = [
        ...(await store.append(pages.slice(0, 7), never)),
        ...(await store.append(pages.slice(7), never)),
      ];
      await store.close();
      const again = await reopen();
      for (const [at, page] of pages.entries()) {
        const location = locations[at];
        assert.ok(location !== undefined);
        const capture = await again.readCapture(location.raw);
        assert.deepEqual(capture.request, page.page.request);
        assert.deepEqual(capture.headers, page.page.headers);
        assert.deepEqual(capture.body, page.page.body);
        assert.deepEqual(capture.markdown, location.markdown);
        assert.equal(await again.readMarkdown(location.markdown), page.document.markdown);
        assert.equal(await again.readRendered(location.markdown), null);
        assert.equal((await again.readMember(location.raw)).byteLength, location.raw.length);
      }
      assert.deepEqual(
        (await all(again.eachStoredCapture(assert.fail))).map(({ request }) => request.captureId),
        pages.map(({ page }) => page.request.captureId),
      );
      await again.close();
    }));

  test(`${name}: what a browser showed is read back with its Markdown`, () =>
    withFixture(async ({ store }) => {
      await store.connect(never);
      const page = processedOf(1, { lane: "rich", title: "보이는 title" });
      const [location] = await store.append([page], never);
      assert.ok(location !== undefined);
      const rendered = await store.readRendered(location.markdown);
      assert.equal(rendered?.markdown, page.document.markdown);
      assert.equal(rendered.document.title, page.document.title);
      await assert.rejects(store.readRendered(location.raw), { name: "RecordDamaged" });
      await store.close();
    }));

  test(`${name}: what a browser shows later lies beside another page, and the answer is not written again`, () =>
    withFixture(async ({ store, reopen }) => {
      await store.connect(never);
      const bare = processedOf(1, { lane: "rich", title: null, text: "" });
      const [asked] = await store.append([{ ...bare, rendering: "due" }], never);
      assert.ok(asked !== undefined);
      assert.equal(await store.readRendered(asked.markdown), null);
      const { document } = processedOf(1, { lane: "rich", title: "Told by a script", text: "many words" });
      const second = processedOf(2);
      const [other, shown] = await store.append(
        [second, { ...bare, document, stored: asked, rendering: "done" }],
        never,
      );
      assert.ok(other !== undefined && shown !== undefined);
      assert.deepEqual(shown.raw, asked.raw);
      await store.close();
      const again = await reopen();
      await again.connect(never);
      const rendered = await again.readRendered(shown.markdown);
      assert.deepEqual(
        [rendered?.markdown, rendered?.document.title],
        [document.markdown, "Told by a script"],
      );
      assert.deepEqual((await again.readCapture(shown.raw)).body, bare.page.body);
      const id = bare.page.request.captureId;
      const captures = (await all(again.eachStoredCapture(assert.fail))).map(
        ({ raw, markdown, request }) => ({
          id: request.captureId,
          raw,
          markdown,
        }),
      );
      assert.deepEqual(captures, [
        { id, ...asked },
        { id: second.page.request.captureId, ...other },
        { id, ...shown },
      ]);
      assert.deepEqual((await again.recover(new Set([id]))).get(id)?.raw, asked.raw);
      await again.close();
    }));

  test(`${name}: a picture is read back beside its page, and pages with and without one stand side by side`, () =>
    withFixture(async ({ store, reopen }) => {
      await store.connect(never);
      const pages = Array.from({ length: 6 }, (_, at) =>
        processedOf(at, at % 2 === 0 ? { lane: "rich", screenshotBytes: 1 + at * 40_000 } : {}),
      );
      const locations = await store.append(pages, never);
      await store.close();
      const again = await reopen();
      const captures = await all(again.eachStoredCapture(assert.fail));
      for (const [at, page] of pages.entries()) {
        const location = locations[at];
        const capture = captures[at];
        assert.ok(location !== undefined && capture !== undefined);
        assert.deepEqual(capture.screenshot, location.screenshot);
        assert.equal(await again.readMarkdown(capture.markdown), page.document.markdown);
        assert.deepEqual((await again.readCapture(capture.raw)).screenshot, location.screenshot);
        if (location.screenshot === undefined) assert.equal(page.screenshot, undefined);
        else assert.deepEqual(await again.readScreenshot(location.screenshot), page.screenshot);
        await assert.rejects(again.readScreenshot(location.raw), { name: "RecordDamaged" });
      }
      await again.close();
    }));

  test(`${name}: concurrent appends neither mix nor overlap`, () =>
    withFixture(async ({ store }) => {
      await store.connect(never);
      const batches = Array.from({ length: 12 }, (_, batch) =>
        Array.from({ length: 5 }, (_, at) =>
          processedOf(batch * 10 + at, { text: `batch ${batch} page ${at}` }),
        ),
      );
      const answers = await Promise.all(batches.map((batch) => store.append(batch, never)));
      for (const [batch, locations] of answers.entries()) {
        for (const [at, location] of locations.entries()) {
          assert.match(
            await store.readMarkdown(location.markdown),
            new RegExp(`batch ${batch} page ${at}\n`),
          );
        }
      }
      await store.close();
    }));

  test(`${name}: recover finds the captures asked for and no others`, () =>
    withFixture(async ({ store, reopen }) => {
      await store.connect(never);
      const pages = Array.from({ length: 20 }, (_, at) => processedOf(at));
      const locations = await store.append(pages, never);
      await store.close();
      const again = await reopen();
      await again.connect(never);
      const missing = processedOf(999).page.request.captureId;
      const asked = [3, 11, 19].map((at) => pages[at]?.page.request.captureId ?? "");
      const found = await again.recover(new Set([...asked, missing]));
      assert.deepEqual([...found.keys()].sort(), [...asked].sort());
      assert.deepEqual(found.get(asked[0] ?? "")?.raw, locations[3]?.raw);
      assert.deepEqual(found.get(asked[0] ?? "")?.verdict, pages[3]?.verdict);
      assert.equal((await again.recover(new Set())).size, 0);
      await again.close();
    }));

  test(`${name}: a location that was never given is refused, not answered`, () =>
    withFixture(async ({ store }) => {
      await store.connect(never);
      const [location] = await store.append([processedOf(1)], never);
      assert.ok(location !== undefined);
      const { raw, markdown } = location;
      for (const wrong of [
        { ...raw, offset: raw.offset + 1 },
        { ...raw, length: raw.length - 1 },
        { ...raw, key: "../x" },
        markdown,
      ]) {
        await assert.rejects(store.readCapture(wrong));
      }
      await assert.rejects(store.readMarkdown(raw));
      await store.close();
    }));

  test(`${name}: an aborted append writes nothing`, () =>
    withFixture(async ({ store }) => {
      await store.connect(never);
      await assert.rejects(store.append([processedOf(1)], AbortSignal.abort(new Error("stop"))));
      assert.equal((await all(store.eachStoredCapture(assert.fail))).length, 0);
      await store.close();
    }));
}
