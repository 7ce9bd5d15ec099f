// The rich lane on a processor: an ingestor hands over shells, and their rows tell what a person sees.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startMachines } from "../servers/two-machines.ts";
import { whyMissing, whyNoBrowser } from "../services/index.ts";
import { app, PAGES } from "./app-site.ts";

const missing = whyNoBrowser() ?? whyMissing("kafka", "postgres", "minio");

test("pages that scripts fill go whole from an ingestor to a processor", {
  skip: missing ?? false,
}, async (t) => {
  const { args, url, documents, resolve } = await app(t);
  const machines = await startMachines(t);
  const processor = machines.processor([], { MILLRACE_NET_RESOLVE: JSON.stringify([resolve]) });
  const ingestor = await machines.ingestor([...args, "--exit-when-done"]).ended;
  assert.equal(ingestor.code, 0, ingestor.stderr);
  processor.child.kill("SIGTERM");
  const ended = await processor.ended;
  assert.equal(ended.code, 0, ended.stderr);
  const rows = await machines.sql`select url, title, lane from millrace.pages order by url`;
  assert.deepEqual(
    rows.map((row) => ({ ...row })),
    Array.from({ length: PAGES }, (_, page) => ({
      url: url(page),
      title: `Page /page/${page}`,
      lane: "rich",
    })),
  );
  assert.equal(documents(), PAGES);
});
