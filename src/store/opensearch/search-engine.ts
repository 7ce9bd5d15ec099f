// The OpenSearch service as this room speaks to it: the index made with its alias, pages put by bulk, keys found. One try
// a request; who follows or searches decides what a failure means. Knows no database.
import { readFileSync } from "node:fs";
import type { Client } from "@opensearch-project/opensearch";
import { z } from "zod";
import { asError } from "../../base/index.ts";
import { NotConnected } from "../../engine/index.ts";
import { StoreRefused } from "../errors.ts";
import type { StoreOptions } from "../options.ts";
import { INDEX_VERSION, indexBody, PAIRS, type PageDocument, WORDS } from "./index-body.ts";

export interface Versioned {
  readonly document: PageDocument;
  /** A document of a higher version is never overwritten. */
  readonly version: number;
}

export interface BulkAnswer {
  /** Refused for now: the queue was full. */
  readonly again: readonly Versioned[];
  /** Refused for good, each with why. */
  readonly refused: readonly { readonly url: string; readonly why: string }[];
}

export interface EngineQuestion {
  readonly query: string;
  readonly domain?: string;
  readonly lang?: string;
  readonly limit: number;
  readonly after: readonly [score: number, key: string] | null;
  readonly totalMax: number;
}

export interface EngineAnswer {
  readonly hits: readonly { readonly key: string; readonly score: number }[];
  readonly total: number;
  readonly totalIsExact: boolean;
}

const bulkItems = z.array(
  z.object({
    index: z.object({
      status: z.number(),
      error: z.object({ type: z.string(), reason: z.string().nullish() }).optional(),
    }),
  }),
);
const found = z.object({
  hits: z.object({
    total: z.object({ value: z.number(), relation: z.string() }),
    hits: z.array(z.object({ _id: z.string(), _score: z.number() })),
  }),
});

const CONFLICT = 409;
const library = () => import("@opensearch-project/opensearch");
const isLater = (status: number): boolean => status === 429 || status >= 500;

export class SearchEngine {
  readonly #options: StoreOptions["opensearch"];
  readonly #settings: ConstructorParameters<typeof Client>[0];
  readonly #where: string;
  /** Its library is hundreds of files, loaded with the first request: most processes know no OpenSearch. */
  #client: Promise<Client> | null = null;

  /** Throws StoreRefused when the URL is none. */
  constructor(options: StoreOptions["opensearch"], url: string) {
    if (!URL.canParse(url)) throw new StoreRefused("store.opensearch.url (OPENSEARCH_URL): not a URL");
    const { caFile } = options;
    this.#options = options;
    this.#where = new URL(url).host;
    this.#settings = {
      node: url,
      maxRetries: 0,
      requestTimeout: options.requestTimeoutMs,
      ...(caFile === null ? {} : { ssl: { ca: readFileSync(caFile, "utf8") } }),
    };
  }

  /** What a follower's cursor belongs to. */
  get index(): string {
    return `${this.#options.alias}-v${INDEX_VERSION}`;
  }

  /** Makes the index and points the alias to it, where that is not so. Throws NotConnected, StoreRefused. */
  async prepare(): Promise<void> {
    const { index } = this;
    await this.#asked(async (client) => {
      if (!(await client.indices.exists({ index })).body) {
        try {
          await client.indices.create({ index, body: indexBody(this.#options.replicas) });
        } catch (thrown) {
          // Another process was quicker.
          if (!asError(thrown).message.includes("resource_already_exists_exception")) throw thrown;
        }
      }
      const { alias } = this.#options;
      const actions = [
        { remove: { index: `${alias}-v*`, alias, must_exist: false } },
        { add: { index, alias } },
      ];
      await client.indices.updateAliases({ body: { actions } });
    });
  }

  async bulk(pages: readonly Versioned[]): Promise<BulkAnswer> {
    const { index } = this;
    const body = pages.flatMap(({ document, version }) => [
      { index: { _index: index, _id: document.key, version, version_type: "external_gte" } },
      document,
    ]);
    const { body: answer } = await this.#asked((client) => client.bulk({ body }));
    const again: Versioned[] = [];
    const refused: { url: string; why: string }[] = [];
    for (const [at, item] of bulkItems.parse(answer.items).entries()) {
      const page = pages[at];
      const { status, error } = item.index;
      if (page === undefined || error === undefined || status === CONFLICT) continue;
      if (isLater(status)) again.push(page);
      else
        refused.push({ url: page.document.url, why: `${error.type}: ${error.reason ?? ""}`.slice(0, 500) });
    }
    return { again, refused };
  }

  async search(question: EngineQuestion): Promise<EngineAnswer> {
    const { query, domain, lang, after } = question;
    const asked = (fields: readonly string[]) => ({
      simple_query_string: {
        query,
        fields: [...fields],
        default_operator: "and" as const,
        flags: "PHRASE" as const,
      },
    });
    const filter = [
      ...(domain === undefined ? [] : [{ term: { domains: { value: domain.toLowerCase() } } }]),
      ...(lang === undefined ? [] : [{ term: { langs: { value: lang.toLowerCase() } } }]),
    ];
    const { body } = await this.#asked((client) =>
      client.search({
        index: this.#options.alias,
        body: {
          query: { bool: { should: [asked(WORDS), asked(PAIRS)], minimum_should_match: 1, filter } },
          sort: [{ _score: { order: "desc" } }, { key: { order: "asc" } }],
          size: question.limit,
          _source: false,
          track_total_hits: question.totalMax,
          ...(after === null ? {} : { search_after: [...after] }),
        },
      }),
    );
    const { hits } = found.parse(body);
    return {
      hits: hits.hits.map(({ _id, _score }) => ({ key: _id, score: _score })),
      total: hits.total.value,
      totalIsExact: hits.total.relation === "eq",
    };
  }

  async close(): Promise<void> {
    await (await this.#client)?.close();
  }

  #opened(): Promise<Client> {
    this.#client ??= library().then(({ Client }) => new Client(this.#settings));
    return this.#client;
  }

  async #asked<T>(call: (client: Client) => Promise<T>): Promise<T> {
    try {
      return await call(await this.#opened());
    } catch (thrown) {
      const error = asError(thrown);
      const { errors } = await library();
      const status = error instanceof errors.ResponseError ? (error.statusCode ?? null) : null;
      const line = `OpenSearch at ${this.#where}: ${error.message.split("\n")[0]?.slice(0, 300)}`;
      if (status === null || isLater(status) || status === 404)
        throw new NotConnected(line, { cause: error });
      throw new StoreRefused(line, { cause: error });
    }
  }
}
