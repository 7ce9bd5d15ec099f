// One bucket of an S3-compatible service: whole objects put once, ranges read, names listed in order. Each request has a
// deadline, ends with its caller's signal, and is never repeated here. Knows no WARC and no rows.
import { AsyncLocalStorage } from "node:async_hooks";
import { hash } from "node:crypto";
import http from "node:http";
import https from "node:https";
import { buffer, text } from "node:stream/consumers";
import type { Client, ClientOptions } from "minio";
import { type Clock, deadline } from "../../base/index.ts";
import { NotConnected } from "../../engine/index.ts";
import { StoreRefused } from "../errors.ts";
import type { StoreOptions } from "../options.ts";
import { failureOf, isMissing, isOccupied } from "./failure.ts";

export interface BucketObject {
  readonly key: string;
  readonly bytes: number;
}

type Options = StoreOptions["s3"];
type Lifecycle = Exclude<Parameters<Client["setBucketLifecycle"]>[1], null | undefined | "">;
type LifecycleRule = Lifecycle["Rule"][number];

const LIST_SLICE = 1_000;
const SOCKETS_MAX = 32;
/** Put with it, an object that is there already stays as it is (RFC 9110, section 13.1.2). */
const IF_ABSENT = { "If-None-Match": "*" };

export class Bucket {
  readonly #options: Options;
  readonly #clock: Clock;
  readonly #settings: ClientOptions;
  readonly #agent: http.Agent;
  readonly #where: string;
  readonly #hashesBodies: boolean;
  /** The signal of the call that a request belongs to: the library hands none through. */
  readonly #signals = new AsyncLocalStorage<AbortSignal>();
  #everConnected = false;
  /** Its library is loaded with the first request: most processes know no S3. */
  #client: Promise<Client> | null = null;

  /** Throws StoreRefused when an option is missing or no address; nothing is dialled yet. */
  constructor(options: Options, clock: Clock) {
    const { secure, host, port } = addressOf(options.endpoint);
    if (options.accessKey === null || options.secretKey === null)
      throw new StoreRefused(
        "store.s3.accessKey and secretKey (MINIO_ACCESS_KEY, MINIO_SECRET_KEY) must be set",
      );
    this.#options = options;
    this.#clock = clock;
    this.#where = `${host}:${port}/${options.bucket}`;
    this.#hashesBodies = !secure;
    const { request, Agent } = secure ? https : http;
    this.#agent = new Agent({ keepAlive: true, maxSockets: SOCKETS_MAX });
    this.#settings = {
      endPoint: host,
      port,
      useSSL: secure,
      accessKey: options.accessKey,
      secretKey: options.secretKey,
      region: options.region,
      pathStyle: true,
      transportAgent: this.#agent,
      // Who waits retries; see the engine.
      retryOptions: { disableRetry: true },
      transport: {
        request: (...args: unknown[]) => this.#request(request, args),
      },
    };
  }

  /** The bucket answers and may be listed. Throws NotConnected, StoreRefused. */
  async connect(signal: AbortSignal): Promise<void> {
    await this.#asked(signal, (client) => client.listObjectsV2Query(this.#options.bucket, "", "", "", 1, ""));
    this.#everConnected = true;
  }

  /** Writes the object whole or not at all; false when there is one already, and then it stays. */
  async putNew(key: string, chunks: readonly Uint8Array[], signal?: AbortSignal): Promise<boolean> {
    const bytes = Buffer.concat(chunks);
    try {
      await this.#asked(signal, (client) =>
        bytes.byteLength > this.#options.partBytes
          ? this.#putParts(client, key, bytes)
          : this.#putWhole(client, key, bytes, IF_ABSENT),
      );
      return true;
    } catch (thrown) {
      if (thrown instanceof Error && isOccupied(thrown.cause)) return false;
      throw thrown;
    }
  }

  /** Writes the object, over one of the same key too. */
  async put(key: string, bytes: Uint8Array, signal: AbortSignal, contentType?: string): Promise<void> {
    const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const headers = contentType === undefined ? {} : { "Content-Type": contentType };
    await this.#asked(signal, (client) => this.#putWhole(client, key, whole, headers));
  }

  /** No matter whether it was there. */
  async remove(key: string, signal: AbortSignal): Promise<void> {
    await this.#asked(signal, (client) => client.removeObject(this.#options.bucket, key));
  }

  /** Null when there is no such object. */
  async size(key: string, signal?: AbortSignal): Promise<number | null> {
    try {
      return (await this.#asked(signal, (client) => client.statObject(this.#options.bucket, key))).size;
    } catch (thrown) {
      if (thrown instanceof Error && isMissing(thrown.cause)) return null;
      throw thrown;
    }
  }

  /** These bytes; fewer where the object ends before. Its error's cause tells a missing object and a wrong range. */
  read(key: string, offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    return this.#asked(signal, async (client) =>
      buffer(await client.getPartialObject(this.#options.bucket, key, offset, length)),
    );
  }

  /** The whole object; null when there is none. */
  async get(key: string, signal: AbortSignal): Promise<Buffer | null> {
    try {
      return await this.#asked(signal, async (client) =>
        buffer(await client.getObject(this.#options.bucket, key)),
      );
    } catch (thrown) {
      if (thrown instanceof Error && isMissing(thrown.cause)) return null;
      throw thrown;
    }
  }

  /** Objects whose key begins so, in the order of their keys, behind `after`. */
  async *list(prefix: string, after = ""): AsyncGenerator<BucketObject> {
    let last = after;
    for (;;) {
      const slice = await this.#asked(undefined, (client) =>
        client.listObjectsV2Query(this.#options.bucket, prefix, "", "", LIST_SLICE, last),
      );
      for (const { name, size } of slice.objects) if (name !== undefined) yield { key: name, bytes: size };
      const end = slice.objects.at(-1)?.name;
      if (!slice.isTruncated || end === undefined) return;
      last = end;
    }
  }

  /** Adds the rule or puts it in the place of its namesake; the bucket's other rules stay. */
  async setRule(rule: LifecycleRule, signal: AbortSignal): Promise<void> {
    const { bucket } = this.#options;
    const others = await this.#asked(signal, async (client) => {
      try {
        const { Rule: rules } = (await client.getBucketLifecycle(bucket)) ?? { Rule: [] };
        return Array.isArray(rules) ? rules : [rules];
      } catch (thrown) {
        if (isWithoutRules(thrown)) return [];
        throw thrown;
      }
    });
    const same = others.find(({ ID }) => ID === rule.ID);
    if (same !== undefined && Number(same.Expiration?.Days) === Number(rule.Expiration?.Days)) return;
    const rules = [...others.filter(({ ID }) => ID !== rule.ID), rule];
    await this.#asked(signal, (client) => client.setBucketLifecycle(bucket, { Rule: rules }));
  }

  close(): void {
    this.#agent.destroy();
  }

  async #putWhole(
    client: Client,
    key: string,
    bytes: Buffer,
    headers: Readonly<Record<string, string>>,
  ): Promise<void> {
    // Over TLS the transport proves the bytes, and hashing them again would be the dearest part of a put.
    const sha256 = this.#hashesBodies ? hash("sha256", bytes, "hex") : "";
    const answer = await client.makeRequestStreamAsync(
      {
        method: "PUT",
        bucketName: this.#options.bucket,
        objectName: key,
        headers: { ...headers, "Content-Length": bytes.byteLength },
      },
      bytes,
      sha256,
      [200],
      "",
    );
    await buffer(answer);
  }

  /** The condition stands at the completion: that is when an object appears. */
  async #putParts(client: Client, key: string, bytes: Buffer): Promise<void> {
    const { bucket, partBytes } = this.#options;
    const uploadId = await client.initiateNewMultipartUpload(bucket, key, {});
    try {
      let parts = "";
      for (let at = 0, partNumber = 1; at < bytes.byteLength; at += partBytes, partNumber++) {
        const config = { bucketName: bucket, objectName: key, uploadID: uploadId, partNumber, headers: {} };
        const { etag } = await client.uploadPart(config, bytes.subarray(at, at + partBytes));
        parts += `<Part><PartNumber>${partNumber}</PartNumber><ETag>${etag}</ETag></Part>`;
      }
      const answer = await client.makeRequestAsync(
        {
          method: "POST",
          bucketName: bucket,
          objectName: key,
          query: `uploadId=${encodeURIComponent(uploadId)}`,
          headers: { ...IF_ABSENT },
        },
        `<CompleteMultipartUpload>${parts}</CompleteMultipartUpload>`,
      );
      // S3 answers 200 first and may fail then.
      const said = await text(answer);
      if (!said.includes("CompleteMultipartUploadResult")) throw new Error(said.slice(0, 300));
    } catch (thrown) {
      // Parts that cannot be given back now are the bucket's to expire.
      await client.abortMultipartUpload(bucket, key, uploadId).catch(() => undefined);
      throw thrown;
    }
  }

  /** One call with its deadline. Rejects with the signal's reason, NotConnected or StoreRefused, the cause kept. */
  async #asked<T>(signal: AbortSignal | undefined, call: (client: Client) => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    const late = (): Error => new NotConnected(`S3 at ${this.#where}: no answer in time`);
    const inTime = deadline(this.#clock, this.#options.requestTimeoutMs, late, signal);
    try {
      return await this.#signals.run(inTime.signal, async () => call(await this.#opened()));
    } catch (thrown) {
      if (inTime.signal.aborted) throw inTime.signal.reason;
      throw failureOf(thrown, this.#where, this.#everConnected);
    } finally {
      inTime.clear();
    }
  }

  #opened(): Promise<Client> {
    this.#client ??= import("minio").then(({ Client }) => new Client(this.#settings));
    return this.#client;
  }

  #request(request: typeof http.request, args: unknown[]): http.ClientRequest {
    const [options, answered] = args;
    const signal = this.#signals.getStore();
    const asked = request({
      ...(options as http.RequestOptions),
      ...(signal === undefined ? {} : { signal }),
    });
    if (typeof answered === "function") asked.once("response", (answer) => answered(answer));
    return asked;
  }
}

const isWithoutRules = (thrown: unknown): boolean =>
  thrown instanceof Error && "code" in thrown && thrown.code === "NoSuchLifecycleConfiguration";

function addressOf(endpoint: string | null): { secure: boolean; host: string; port: number } {
  if (endpoint === null) throw new StoreRefused("store.s3.endpoint (MINIO_ENDPOINT) must be set");
  const full = /^https?:\/\//.test(endpoint) ? endpoint : `http://${endpoint}`;
  if (!URL.canParse(full) || new URL(full).pathname !== "/")
    throw new StoreRefused(
      `store.s3.endpoint = ${endpoint}: must be http://host:port, https://host or host:port`,
    );
  const url = new URL(full);
  const secure = url.protocol === "https:";
  return { secure, host: url.hostname, port: url.port === "" ? (secure ? 443 : 80) : Number(url.port) };
}
