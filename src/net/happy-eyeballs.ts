// A race of TCP connections over the addresses of one name (RFC 8305 sections 4 and 5): families alternate, each address
// has a head start over the next, a failure starts the next at once. Knows addresses only: names are never looked up here.
import net from "node:net";
import { asError, type Clock, err, ok, type Result } from "../base/index.ts";

export interface RaceLimits {
  readonly attemptDelayMs: number;
}

export interface LostRace {
  /** Of the last address that failed. */
  readonly error: Error;
  readonly address: string;
}

/** IPv6 first, then alternating; the order inside a family is kept. */
export function interleave(addresses: readonly string[]): readonly string[] {
  const six = addresses.filter((address) => net.isIPv6(address));
  const four = addresses.filter((address) => net.isIPv4(address));
  const order: string[] = [];
  for (let at = 0; at < Math.max(six.length, four.length); at++) {
    const [next6, next4] = [six[at], four[at]];
    if (next6 !== undefined) order.push(next6);
    if (next4 !== undefined) order.push(next4);
  }
  return order;
}

/** The first connection to stand; all others are destroyed. `addresses` is not empty. Rejects with the signal's reason. */
export function race(
  addresses: readonly string[],
  port: number,
  limits: RaceLimits,
  clock: Clock,
  signal: AbortSignal,
): Promise<Result<net.Socket, LostRace>> {
  return new Promise((resolve, reject) => {
    const open = new Set<net.Socket>();
    let next = 0;
    let lost: LostRace | null = null;
    let cancelHeadStart = (): void => {};

    const finish = (): void => {
      cancelHeadStart();
      signal.removeEventListener("abort", onAbort);
      for (const socket of open) socket.destroy();
      open.clear();
    };
    const onAbort = (): void => {
      finish();
      reject(asError(signal.reason));
    };

    const startNext = (): void => {
      cancelHeadStart();
      const address = addresses[next++];
      if (address === undefined) {
        if (open.size === 0 && lost !== null) {
          finish();
          resolve(err(lost));
        }
        return;
      }
      const socket = net.connect({ host: address, port, autoSelectFamily: false, noDelay: true });
      open.add(socket);
      const onError = (error: Error): void => {
        if (!open.delete(socket)) return;
        lost = { error, address };
        startNext();
      };
      // A loser keeps its listener: destroyed, it may still report.
      socket.on("error", onError);
      socket.once("connect", () => {
        open.delete(socket);
        socket.off("error", onError);
        finish();
        resolve(ok(socket));
      });
      if (next < addresses.length) cancelHeadStart = clock.schedule(limits.attemptDelayMs, startNext);
    };

    if (signal.aborted) {
      reject(asError(signal.reason));
      return;
    }
    signal.addEventListener("abort", onAbort, { once: true });
    startNext();
  });
}
