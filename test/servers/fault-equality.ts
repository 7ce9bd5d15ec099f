// What must hold after a fault, whatever it was: rows, segments and objects equal the site as clients see them that are not
// the program's (postgres, minio, warcio). Knows no fault.
import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { once } from "node:events";
import { get } from "node:http";
import { buffer } from "node:stream/consumers";
import { WARCParser } from "warcio";
import { z } from "zod";
import type { Large } from "../../demo/large.ts";
import { run } from "../scenario/program.ts";
import type { Machines } from "./two-machines.ts";

export interface Found {
  pages: number;
  captures: number;
  /** Response records beyond one a page. */
  doubles: number;
  /** Pages of the site without a row. */
  lost: number;
}

const captureRow = z.object({
  url: z.string(),
  raw_sha256: z.string(),
  raw_key: z.string(),
  raw_offset: z.coerce.number(),
  raw_length: z.coerce.number(),
});
type CaptureRow = z.infer<typeof captureRow>;

/** Requests to site and bucket at once. */
const AT_ONCE = 16;
const STATES_ASKED = 3;
const PREFIX = "segments/";

export class Equality {
  readonly #machines: Machines;
  /** Target URLs of the response records of each segment; a segment never changes. */
  readonly #segments = new Map<string, readonly string[]>();

  constructor(machines: Machines) {
    this.#machines = machines;
  }

  /** Rows of captures that the site has so far. */
  async captured(site: Large): Promise<number> {
    const [row] = await this.#machines.sql`
      select count(*)::integer as count from millrace.captures where url like ${likeOf(site)}`;
    return z.object({ count: z.number() }).parse(row).count;
  }

  /**
   * Fails unless every page of the site is stored as it was sent. `again`: pages whose record expired were fetched a second
   * time, so a page may have several captures, each with a record of its own.
   */
  async assertEquals(site: Large, { again = false } = {}): Promise<Found> {
    const { sql } = this.#machines;
    const want = Array.from({ length: site.pages }, (_, page) => site.url(page)).sort();
    const rows = z
      .array(captureRow)
      .parse(
        await sql`select url, raw_sha256, raw_key, raw_offset, raw_length from millrace.captures where url like ${likeOf(site)}`,
      );
    const pages = z.array(captureRow).parse(
      await sql`select url, raw_sha256, p.raw_key, p.raw_offset, p.raw_length from millrace.pages p
          join millrace.captures c using (capture_id, url) where url like ${likeOf(site)}`,
    );
    const responses = (await this.#responses()).filter((url) => new URL(url).port === String(site.port));
    const captured = new Set(rows.map(({ url }) => url));
    const found: Found = {
      pages: pages.length,
      captures: rows.length,
      doubles: responses.length - (again ? rows.length : site.pages),
      lost: want.filter((url) => !captured.has(url)).length,
    };
    assert.deepEqual(pages.map(({ url }) => url).sort(), want, "rows of pages");
    if (again) assert.deepEqual([...captured].sort(), want, "captures, by URL");
    else assert.deepEqual(rows.map(({ url }) => url).sort(), want, "rows of captures");
    assert.deepEqual(responses.sort(), rows.map(({ url }) => url).sort(), "response records of all segments");
    const sent = new Map<string, string>();
    await eachOf(want, async (url) => void sent.set(url, await sha256Of(site, url)));
    await eachOf(rows, async (row) => {
      assert.equal(row.raw_sha256, sent.get(row.url), row.url);
      assert.equal(await this.#recordSha256(row), row.raw_sha256, `${row.raw_key} at ${row.raw_offset}`);
    });
    return found;
  }

  /** Fails unless the frontier in `data` says `stored` of pages that are asked for one by one. */
  async assertStored(site: Large, data: string): Promise<void> {
    for (let at = 0; at < STATES_ASKED; at++) {
      const url = site.url(Math.floor((at * (site.pages - 1)) / (STATES_ASKED - 1)));
      const told = await run(["why", url, "--json", "--data", data]);
      assert.equal(told.code, 0, told.stderr);
      assert.equal(JSON.parse(told.stdout).state, "stored", url);
    }
  }

  /** The body of the record that lies where the row says, by one ranged read. */
  async #recordSha256({ url, raw_key, raw_offset, raw_length }: CaptureRow): Promise<string> {
    const { objects, bucket } = this.#machines;
    const member = await buffer(await objects.getPartialObject(bucket, raw_key, raw_offset, raw_length));
    const sums: string[] = [];
    for await (const record of new WARCParser([member])) {
      assert.equal(record.warcType, "response");
      assert.equal(record.warcTargetURI, url);
      sums.push(hash("sha256", await record.readFully(false), "hex"));
    }
    assert.equal(sums.length, 1, `${raw_key} at ${raw_offset}`);
    return sums[0] ?? "";
  }

  /** Target URLs of all response records in the bucket. */
  async #responses(): Promise<string[]> {
    const { objects, bucket } = this.#machines;
    for await (const { name, size } of objects.listObjectsV2(bucket, PREFIX, true)) {
      // An object of no bytes keeps its name from ever being written.
      if (name === undefined || size === 0 || this.#segments.has(name)) continue;
      const urls: string[] = [];
      for await (const record of new WARCParser([await buffer(await objects.getObject(bucket, name))]))
        if (record.warcType === "response") urls.push(record.warcTargetURI ?? "");
      this.#segments.set(name, urls);
    }
    return [...this.#segments.values()].flat();
  }
}

/** Of all URLs of a site: its port is no other's. */
const likeOf = (site: Large): string => `http://%:${site.port}/%`;

/** Of a page's body as the site sends it, content coding and all. */
async function sha256Of(site: Large, url: string): Promise<string> {
  const { host, pathname } = new URL(url);
  const request = get({
    host: "127.0.0.1",
    port: site.port,
    path: pathname,
    headers: { host, "accept-encoding": "gzip" },
  });
  const [response] = await once(request, "response");
  assert.equal(response.statusCode, 200, url);
  return hash("sha256", await buffer(response), "hex");
}

async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const item of rest) await work(item);
    }),
  );
}
