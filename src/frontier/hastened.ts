// Hosts with urgent URLs: asked for by themselves and before all others, as politely as they are. As many as there are urgent URLs
// at most; knows no heap and no disk.
import type { Host } from "./host.ts";

export class Hastened {
  readonly #hosts = new Set<Host>();

  add(host: Host): void {
    this.#hosts.add(host);
  }

  has(host: Host): boolean {
    return this.#hosts.has(host);
  }

  /** Nothing of the host is urgent any more. */
  calm(host: Host): void {
    this.#hosts.delete(host);
  }

  clear(): void {
    this.#hosts.clear();
  }

  /** Those that may be asked now. */
  *due(nowMs: number): Generator<Host> {
    for (const host of this.#hosts) if (host.place === "ready" && host.record.nextAtMs <= nowMs) yield host;
  }

  /** Earliest time at which one may be asked; null when only an event can change that. */
  nextAtMs(): number | null {
    let atMs: number | null = null;
    for (const { place, record } of this.#hosts)
      if (place === "ready" && (atMs === null || record.nextAtMs < atMs)) atMs = record.nextAtMs;
    return atMs;
  }
}
