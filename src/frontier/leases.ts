// Open leases: each a promise that a URL ends exactly once. Page and sitemap leases are rows, so that a crash leaves them
// open under the same capture ids; robots requests and owed ends are asked again instead, so memory is enough for them.
import type { PageRequest } from "../model/index.ts";
import { readCaptureId, writeCaptureId } from "./capture-id.ts";
import type { Host } from "./host.ts";
import type { Trees } from "./trees.ts";

export interface Lease {
  readonly kind: "url" | "ending" | "robots";
  readonly request: PageRequest;
  /** 0 for robots requests. */
  readonly id: number;
  readonly crawlNo: number;
  /** Whose slot it takes, until the fetch ends; null after that, and for what takes none. */
  host: Host | null;
  address: string | null;
  /** Handed out already: the host's clock runs. */
  started: boolean;
  /** The server asked to wait: no repetition is spent. */
  pauseMs: number | null;
  /** Of a robots request: whose file it is, and its repetitions and redirects so far. */
  readonly robots: {
    readonly origin: string;
    readonly host: Host;
    readonly tries: number;
    readonly hops: number;
  } | null;
}

export class Leases {
  readonly #trees: Trees;
  readonly #open = new Map<string, Lease>();

  constructor(trees: Trees) {
    this.#trees = trees;
  }

  get size(): number {
    return this.#open.size;
  }

  add(lease: Lease, nowMs: number): void {
    this.#open.set(lease.request.captureId, lease);
    if (lease.kind !== "url") return;
    const value = Buffer.allocUnsafe(22);
    writeCaptureId(value, lease.request.captureId);
    value.writeUIntBE(nowMs, 16, 6);
    this.#trees.leases.putSync(lease.id, value);
  }

  /** A lease of the process before this one, taken up again. */
  restore(lease: Lease): void {
    this.#open.set(lease.request.captureId, lease);
  }

  get(captureId: string): Lease | null {
    return this.#open.get(captureId) ?? null;
  }

  close(lease: Lease): void {
    this.#open.delete(lease.request.captureId);
    if (lease.kind === "url") this.#trees.leases.removeSync(lease.id);
  }

  all(): Iterable<Lease> {
    return this.#open.values();
  }

  *stored(): Generator<{ id: number; captureId: string; leasedAtMs: number }> {
    for (const { key, value } of this.#trees.leases.getRange()) {
      yield { id: key, captureId: readCaptureId(value), leasedAtMs: value.readUIntBE(16, 6) };
    }
  }
}
