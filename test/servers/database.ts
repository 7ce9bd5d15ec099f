// One PostgreSQL for a suite, and sessions on databases of their own in it. Says why where there is none.
import { systemClock } from "../../src/base/index.ts";
import { type StoreOptions, storeOptions } from "../../src/store/index.ts";
import { postgresSession } from "../../src/store/postgres/postgres-session.ts";
import type { SqlSession } from "../../src/store/sql/session.ts";

export const databaseOptions = (
  url: string,
  over: Partial<StoreOptions["database"]> = {},
): StoreOptions["database"] & { url: string } => ({
  ...storeOptions.parse({}).database,
  connectTimeoutMs: 2_000,
  statementTimeoutMs: 20_000,
  ...over,
  url,
});

export const sessionOn = (url: string, over: Partial<StoreOptions["database"]> = {}): SqlSession =>
  postgresSession(databaseOptions(url, over), systemClock);
