// Names to addresses, remembered for their time to live: one question under way per name, a bounded table, failures
// remembered too. Knows no guard: what may be dialled is judged by the dialer.
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { type Clock, err, ok, type Result } from "../base/index.ts";
import type { Failure } from "../model/index.ts";
import { refusalOf } from "./address-guard.ts";
import { type Answer, createDnsQuery, type DnsQuery } from "./dns-query.ts";
import { createHostsFile, type HostsFile } from "./hosts-file.ts";
import type { NetOptions } from "./options.ts";

export interface Resolver {
  /** Addresses in the order given by the DNS; never empty. `name` is lower case, not a literal, without brackets. */
  resolve(name: string): Promise<Result<readonly string[], Failure>>;
  readonly size: number;
  close(): void;
}

interface Entry {
  result: Result<readonly string[], Failure>;
  expiresAtMs: number;
}

const LOOPBACK: Result<readonly string[], Failure> = ok(["127.0.0.1", "::1"]);

export function createResolver(
  options: NetOptions,
  clock: Clock,
  query: DnsQuery = createDnsQuery(options.dns, clock),
  hosts: HostsFile = createHostsFile(clock),
): Resolver {
  const known = new Map<string, Entry>();
  const asking = new Map<string, Promise<Result<readonly string[], Failure>>>();
  const ipv6 = options.ipv6 === "on" || (options.ipv6 === "auto" && hasGlobalIPv6());

  const remember = (name: string, entry: Entry): void => {
    known.delete(name);
    known.set(name, entry);
    if (known.size <= options.dns.entriesMax) return;
    const oldest = known.keys().next();
    if (!oldest.done) known.delete(oldest.value);
  };

  const ask = async (name: string): Promise<Result<readonly string[], Failure>> => {
    const bare = name.endsWith(".") ? name.slice(0, -1) : name;
    const viaSystem = !bare.includes(".") || bare.endsWith(".local");
    const answer = await (viaSystem ? query.askSystem(bare) : query.ask(bare, ipv6));
    const entry: Entry = { result: addressesOf(answer), expiresAtMs: clock.monotonicMs() + lifeMs(answer) };
    remember(name, entry);
    if (answer.ok && answer.value.late !== null) {
      const { addresses, late } = answer.value;
      // A late family joins for the next dials; it can only widen the answer.
      late.then((more) => {
        if (more.length > 0) entry.result = ok([...more, ...addresses]);
      });
    }
    return entry.result;
  };

  const lifeMs = (answer: Result<Answer, Failure>): number => {
    const { ttlMsMin, ttlMsMax, negativeMs, failureMs } = options.dns;
    if (answer.ok) return Math.min(ttlMsMax, Math.max(ttlMsMin, answer.value.ttlMs));
    return answer.error.transient === false ? negativeMs : failureMs;
  };

  return {
    get size() {
      return known.size;
    },
    resolve(name) {
      const listed = hosts.find(name);
      if (listed !== null) return Promise.resolve(ok(listed));
      if (isLocalhost(name)) return Promise.resolve(LOOPBACK);
      const entry = known.get(name);
      if (entry !== undefined && entry.expiresAtMs > clock.monotonicMs()) {
        known.delete(name);
        known.set(name, entry);
        return Promise.resolve(entry.result);
      }
      const underWay = asking.get(name);
      if (underWay !== undefined) return underWay;
      const asked = ask(name).finally(() => asking.delete(name));
      asking.set(name, asked);
      return asked;
    },
    close: () => query.close(),
  };
}

function addressesOf(answer: Result<Answer, Failure>): Result<readonly string[], Failure> {
  return answer.ok ? ok(answer.value.addresses) : err(answer.error);
}

/** RFC 6761 section 6.3: never asked of the DNS. */
export function isLocalhost(name: string): boolean {
  const bare = name.endsWith(".") ? name.slice(0, -1) : name;
  return bare === "localhost" || bare.endsWith(".localhost");
}

function hasGlobalIPv6(): boolean {
  for (const addresses of Object.values(networkInterfaces())) {
    for (const entry of addresses ?? []) {
      if (isIP(entry.address) === 6 && !entry.internal && refusalOf(entry.address, false) === null)
        return true;
    }
  }
  return false;
}
