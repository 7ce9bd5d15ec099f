// PGlite against the session and metadata suites, and what only an embedded database can suffer: kills and power cuts.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { MetadataStore } from "../../src/store/index.ts";
import { storeOptions } from "../../src/store/index.ts";
import { pgliteSession } from "../../src/store/pglite/pglite-session.ts";
import type { SqlSession } from "../../src/store/sql/session.ts";
import { sqlMetadata } from "../../src/store/sql/sql-metadata.ts";
import { processedOf } from "../../src/store/testing/pages.ts";
import { metadataStoreConformance } from "./metadata-store.ts";
import { renderQueueConformance } from "./render-queue.ts";
import { sqlSessionConformance } from "./sql-session.ts";

const never = new AbortController().signal;
const options = storeOptions.parse({});
const directory = await mkdtemp(join(tmpdir(), "millrace-database-"));
let session: SqlSession = pgliteSession(directory, options.database);
let store: MetadataStore = sqlMetadata(session, options.search);

after(async () => {
  await store.close();
  await rm(directory, { recursive: true, force: true });
});

const opened = async (): Promise<MetadataStore> => {
  await store.connect(never);
  return store;
};

metadataStoreConformance("embedded", opened);
renderQueueConformance("embedded", opened);
sqlSessionConformance("embedded", async () => {
  await opened();
  return session;
});

async function reopened(): Promise<MetadataStore> {
  session = pgliteSession(directory, options.database);
  store = sqlMetadata(session, options.search);
  await store.connect(never);
  return store;
}

const stored = (number: number) => ({
  ...processedOf(number),
  stored: { raw: { key: "k", offset: 0, length: 1 }, markdown: { key: "k", offset: 1, length: 1 } },
});

test("embedded: closed in order, rows are there again and nothing needs rebuilding", async () => {
  await opened();
  await store.clear();
  await store.record([stored(1)], never);
  await store.close();
  await reopened();
  assert.equal(store.needsRebuild, false);
  assert.equal((await store.counts()).pages, 1);
});

test("embedded: after a power cut rows are not believed until they were rebuilt", async () => {
  await store.close();
  const path = join(directory, "state.json");
  const state = JSON.parse(await readFile(path, "utf8"));
  await writeFile(path, JSON.stringify({ ...state, boot: "another", closed: true }));
  await reopened();
  assert.equal(store.needsRebuild, false);
  await store.close();
  await writeFile(path, JSON.stringify({ ...state, boot: "another", closed: false }));
  await reopened();
  assert.equal(store.needsRebuild, true);
  await store.close();
  await reopened();
  assert.equal(store.needsRebuild, true);
  await store.rebuilt();
  await store.close();
  await reopened();
  assert.equal(store.needsRebuild, false);
});

test("embedded: a schema newer than the program is refused by name", async () => {
  await session.transaction([
    { sql: "insert into schema_migrations (version, name) values (999, 'from the future')", values: [] },
  ]);
  const other = sqlMetadata(session, options.search);
  await assert.rejects(other.connect(never), { name: "SchemaTooNew", message: /version 999/ });
  await session.transaction([{ sql: "delete from schema_migrations where version = 999", values: [] }]);
});
