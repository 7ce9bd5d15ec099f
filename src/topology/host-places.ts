// Places on each host: so many may be there at once, the others wait in the order they came. Knows no time and no host by name.

interface Host {
  busy: number;
  readonly waiting: (() => void)[];
}

export class HostPlaces {
  readonly #perHostMax: number;
  /** Hosts with somebody there: as many as there are callers, at most. */
  readonly #hosts = new Map<string, Host>();

  constructor(perHostMax: number) {
    this.#perHostMax = perHostMax;
  }

  /** Resolves with the function that leaves again. Rejects with the signal's reason. */
  async enter(name: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const host = this.#hosts.get(name) ?? { busy: 0, waiting: [] };
    this.#hosts.set(name, host);
    if (host.busy < this.#perHostMax) host.busy++;
    else await turnOf(host, signal);
    return () => {
      const next = host.waiting.shift();
      if (next !== undefined) next();
      else if (--host.busy === 0) this.#hosts.delete(name);
    };
  }
}

/** The place of who leaves goes to who waits. */
function turnOf(host: Host, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const admit = (): void => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    };
    const onAbort = (): void => {
      host.waiting.splice(host.waiting.indexOf(admit), 1);
      reject(signal.reason);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    host.waiting.push(admit);
  });
}
