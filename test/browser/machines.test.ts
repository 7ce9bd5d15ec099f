// The rich lane on a processor: an ingestor hands over shells, and their rows tell what a person sees.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readTopic } from "../servers/read-topic.ts";
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

test("a processor killed with pages in its queue has successors that show them, and each is reported queued and then ended", {
  skip: missing ?? false,
}, async (t) => {
  const { args, url, documents, resolve } = await app(t);
  const machines = await startMachines(t);
  const env = {
    MILLRACE_NET_RESOLVE: JSON.stringify([resolve]),
    MILLRACE_STORE_RENDER_QUEUE_LEASE_MS: "2000",
    MILLRACE_STORE_CLAIM_GRACE_MS: "0",
    MILLRACE_WIRE_CONSUMER_SESSION_TIMEOUT_MS: "6000",
  };
  const ingestor = machines.ingestor([...args, "--exit-when-done"]);
  for (const failpoint of ["after-queued:1", "after-render:2", "after-row:1"]) {
    const killed = await machines.processor([], { ...env, MILLRACE_FAILPOINT: failpoint }).ended;
    assert.equal(killed.signal, "SIGKILL", `${failpoint}: ${killed.stderr}`);
  }
  const last = machines.processor([], env);
  const ended = await ingestor.ended;
  assert.equal(ended.code, 0, ended.stderr);
  last.child.kill("SIGTERM");
  assert.equal((await last.ended).code, 0, last.stderr());
  const rows = await machines.sql`select url, title from millrace.pages order by url`;
  assert.deepEqual(
    rows.map((row) => ({ ...row })),
    Array.from({ length: PAGES }, (_, page) => ({ url: url(page), title: `Page /page/${page}` })),
  );
  assert.equal(documents(), PAGES, "no page was fetched again");
  const [left] = await machines.sql`select count(*)::integer as rows from millrace.render_queue`;
  assert.equal(left?.rows, 0);
  const reports = await readTopic(machines.kafka.bootstrap, "frontier.links");
  const told = (kind: string): number =>
    new Set(reports.filter(({ fields }) => fields.kind === kind).map(({ fields }) => fields.capture_id)).size;
  assert.equal(told("end"), PAGES);
  assert.ok(told("queued") >= PAGES - 3, "but of those whose end was quicker");
});
