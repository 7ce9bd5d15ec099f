// One question about one name, put to the DNS by c-ares (not by getaddrinfo, whose four threads a list crawl would fill).
// Knows no cache and no policy; tells "there is no such name" from "nobody could say".
import dns from "node:dns";
import { type Clock, describe, err, ok, type Result } from "../base/index.ts";
import type { Failure } from "../model/index.ts";
import type { NetOptions } from "./options.ts";

export interface Answer {
  readonly addresses: readonly string[];
  readonly ttlMs: number;
  /** AAAA records that came too late for this answer; null when there is nothing to wait for. */
  readonly late: Promise<readonly string[]> | null;
}

export interface DnsQuery {
  /** A and AAAA together. Failures have the code `dns`; `transient: false` says the name has no address. */
  ask(name: string, ipv6: boolean): Promise<Result<Answer, Failure>>;
  /** What getaddrinfo says: for single-label and `.local` names, which search domains and mDNS may know. */
  askSystem(name: string): Promise<Result<Answer, Failure>>;
  close(): void;
}

interface Records {
  readonly addresses: readonly string[];
  readonly ttlMs: number;
  readonly error: NodeJS.ErrnoException | null;
}

const SYSTEM_TTL_MS = 60_000;

export function createDnsQuery(options: NetOptions["dns"], clock: Clock): DnsQuery {
  const resolver = new dns.Resolver({ timeout: options.timeoutMs, tries: options.tries });
  if (options.servers.length > 0) resolver.setServers(options.servers);

  const records = (name: string, family: 4 | 6): Promise<Records> =>
    new Promise((resolve) => {
      const done = (
        error: NodeJS.ErrnoException | null,
        found: readonly dns.RecordWithTtl[] | undefined,
      ): void => {
        if (error !== null || found === undefined) resolve({ addresses: [], ttlMs: 0, error });
        else {
          const ttlS = found.reduce((least, record) => Math.min(least, record.ttl), Number.POSITIVE_INFINITY);
          resolve({ addresses: found.map((record) => record.address), ttlMs: ttlS * 1000, error: null });
        }
      };
      if (family === 4) resolver.resolve4(name, { ttl: true }, done);
      else resolver.resolve6(name, { ttl: true }, done);
    });

  return {
    async ask(name, ipv6) {
      const asked4 = records(name, 4);
      if (!ipv6) return judge(name, [await asked4], null);
      const asked6 = records(name, 6);
      const four = await asked4;
      if (four.addresses.length === 0) return judge(name, [await asked6, four], null);
      const six = await within(clock, options.resolutionDelayMs, asked6);
      if (six !== null) return judge(name, [six, four], null);
      return judge(
        name,
        [four],
        asked6.then((records6) => records6.addresses),
      );
    },
    askSystem: (name) =>
      new Promise((resolve) => {
        dns.lookup(name, { all: true }, (error, found) => {
          if (error !== null) resolve(err(failureOf(name, error)));
          else if (found.length === 0) resolve(err(noAddress(name)));
          else {
            resolve(ok({ addresses: found.map((entry) => entry.address), ttlMs: SYSTEM_TTL_MS, late: null }));
          }
        });
      }),
    close: () => resolver.cancel(),
  };
}

function within<T>(clock: Clock, delayMs: number, wanted: Promise<T>): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const cancel = clock.schedule(delayMs, () => resolve(null));
    wanted.then((value) => {
      cancel();
      resolve(value);
    }, reject);
  });
}

/** Addresses of either family win; without any, a transient error beats "no such name" of the other family. */
function judge(
  name: string,
  answers: readonly Records[],
  late: Promise<readonly string[]> | null,
): Result<Answer, Failure> {
  const addresses = answers.flatMap((answer) => answer.addresses);
  if (addresses.length > 0) {
    const ttls = answers.filter((answer) => answer.addresses.length > 0).map((answer) => answer.ttlMs);
    return ok({ addresses, ttlMs: Math.min(...ttls), late });
  }
  const errors = answers.flatMap((answer) => (answer.error === null ? [] : [answer.error]));
  const missing = errors.find((error) => error.code === "ENOTFOUND");
  if (missing !== undefined) return err(failureOf(name, missing));
  const passing = errors.find((error) => error.code !== "ENODATA");
  return err(passing === undefined ? noAddress(name) : failureOf(name, passing));
}

const noAddress = (name: string): Failure => ({
  code: "dns",
  message: `${name} has no address`,
  transient: false,
});

/** NXDOMAIN holds for the whole name, whatever the other query met (RFC 8020); malformed names never resolve either. */
const TERMINAL = new Map([
  ["ENOTFOUND", "does not exist (NXDOMAIN)"],
  ["ENODATA", "has no address"],
  ["EBADNAME", "is not a valid DNS name"],
  ["ENONAME", "is not a valid DNS name"],
]);

const PASSING = new Map([
  ["ESERVFAIL", "SERVFAIL"],
  ["ETIMEOUT", "the DNS servers did not answer"],
  ["ECONNREFUSED", "no DNS server is reachable"],
  ["EREFUSED", "the DNS server refused the query"],
  ["EAI_AGAIN", "the system's resolver could not ask"],
]);

function failureOf(name: string, error: NodeJS.ErrnoException): Failure {
  const code = error.code ?? "";
  const terminal = TERMINAL.get(code);
  if (terminal !== undefined) {
    return { code: "dns", message: `${name} ${terminal}`, transient: false, cause: error };
  }
  const passing = PASSING.get(code) ?? describe(error);
  return { code: "dns", message: `${name} could not be resolved: ${passing}`, transient: true, cause: error };
}
