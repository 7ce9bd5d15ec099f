// `millrace run images` on PostgreSQL and MinIO: the same table of truth as in a data folder, two processes that share the work,
// and subjects from an existing table.
import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import postgres from "postgres";
import { imagesSuite, type StoredSubject } from "../scenario/images-suite.ts";
import { type PictureSite, pictureSite } from "../scenario/picture-site.ts";
import { jsonLines, run, scratch } from "../scenario/program.ts";
import {
  type MinioServer,
  type PostgresServer,
  startMinio,
  startPostgres,
  whyMissing,
} from "../services/index.ts";
import { clientOf, newBucket } from "./bucket.ts";

describe("pictures of subjects on servers", { skip: whyMissing("postgres", "minio") ?? false }, () => {
  let database: PostgresServer;
  let minio: MinioServer;
  let site: PictureSite;

  before(async () => {
    [database, minio, site] = await Promise.all([startPostgres(), startMinio(), pictureSite()]);
  });
  after(async () => {
    site?.close();
    await Promise.all([database?.dispose(), minio?.dispose()]);
  });

  async function place(name: string) {
    await newBucket(minio, name);
    const url = await database.createDatabase(name);
    const sql = postgres(url, { max: 1, onnotice: () => undefined });
    const env = {
      DATABASE_URL: url,
      MINIO_ENDPOINT: minio.endpoint,
      MINIO_ACCESS_KEY: minio.accessKey,
      MINIO_SECRET_KEY: minio.secretKey,
      MINIO_BUCKET: name,
    };
    return { sql, env, bucket: name };
  }

  test("150 subjects: each ends as it must, and only what is due is looked at again", async (t) => {
    const { sql, env, bucket } = await place("images-suite");
    t.after(() => sql.end());
    await imagesSuite(site, {
      scratch: scratch(t),
      args: [],
      env,
      rows: async () => [
        ...(await sql<StoredSubject[]>`
          select s.id, s.attempts, s.error_code, i.object_key, i.sha256, i.content_type
          from millrace.subjects s left join millrace.subject_images i on i.subject_id = s.id order by s.id`),
      ],
      async object(key) {
        try {
          return await buffer(await clientOf(minio).getObject(bucket, key));
        } catch {
          return null;
        }
      },
    });
    const { metaData } = await clientOf(minio).statObject(bucket, "artists/artist-001.jpg");
    assert.equal(metaData["content-type"], "image/png", "whatever its key is called");
  });

  test("two processes share a table of subjects: none is looked at twice, and one clock rules the host", async (t) => {
    const { sql, env } = await place("images-shared");
    t.after(() => sql.end());
    await sql`create table public.artists (artist_id integer primary key, title text not null, page text)`;
    const good = [...site.cases]
      .filter(([, { ends, url }]) => ends === "stored" && url !== null)
      .slice(0, 12);
    for (const [at, [, { url }]] of good.entries())
      await sql`insert into public.artists values (${at + 1}, ${`Artist ${at}`}, ${url})`;
    await sql`insert into public.artists values (99, '', null)`;
    const query = "select artist_id as id, title as name, page as url from public.artists -- all of them";
    const args = ["run", "images", "--delay", "100", "--resolve", "site.test:*:127.0.0.1"];
    const shared = {
      ...env,
      MILLRACE_RECIPES_IMAGES_QUERY: query,
      MILLRACE_RECIPES_IMAGES_PICTURE: "[open_graph, json_ld, {css: img.portrait}]",
      MILLRACE_RECIPES_IMAGES_DUPLICATES: "keep",
    };
    const sent = [...site.asked.values()].reduce((sum, count) => sum + count, 0);
    const began = performance.now();
    const both = await Promise.all([run(args, { env: shared }), run(args, { env: shared })]);
    const elapsedMs = performance.now() - began;
    for (const { code, stderr } of both) assert.equal(code, 0, stderr);
    const taken = both.map(({ stdout }) => Number(jsonLines(stdout)[0]?.taken));
    assert.equal((taken[0] ?? 0) + (taken[1] ?? 0), 12);
    const rows = await sql<{ attempts: number; images: number }[]>`
      select attempts, (select count(*)::integer from millrace.subject_images) as images from millrace.subjects`;
    assert.equal(rows.length, 12, "a row without a name is left out");
    assert.deepEqual([rows[0]?.images, rows.every(({ attempts }) => attempts === 0)], [12, true]);
    // One turn each 100 ms, whichever process takes it.
    const requests = [...site.asked.values()].reduce((sum, count) => sum + count, 0) - sent;
    assert.ok(elapsedMs >= (requests - 1) * 100, `${requests} requests in ${elapsedMs} ms`);

    const wrong = await run(args, {
      env: { ...shared, MILLRACE_RECIPES_IMAGES_QUERY: "delete from public.artists" },
    });
    assert.equal(wrong.code, 2, wrong.stderr);
    const sly =
      "select * from (select 1 as id, 'x' as name) a where exists (select pg_notify('a', 'b'))) as q; drop table public.artists; --";
    const refused = await run(args, { env: { ...shared, MILLRACE_RECIPES_IMAGES_QUERY: sly } });
    assert.equal(refused.code, 2, refused.stderr);
    assert.equal((await sql`select from public.artists`).count, 13);
  });
});
