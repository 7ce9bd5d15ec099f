// What is measured of what rendered pages load and share, whoever renders them. The results are a closed set.
import { Gauge, type Registry } from "prom-client";

/** Totals since the process began, and bytes kept now. */
export interface RenderCacheCounts {
  readonly hits: number;
  readonly revalidated: number;
  readonly misses: number;
  readonly evictions: number;
  readonly bytes: number;
}

export function registerRenderCache(
  registers: Registry[],
  readers: ReadonlySet<() => RenderCacheCounts>,
): void {
  const sum = (figure: (counts: RenderCacheCounts) => number): number =>
    Array.from(readers, (read) => figure(read())).reduce((total, one) => total + one, 0);
  // Gauges, because the totals are counted where pages are rendered; they only rise.
  new Gauge({
    name: "render_cache_requests_total",
    help: "Requests of rendered pages that the shared cache could answer: from itself, after asking, or not",
    labelNames: ["result"],
    registers,
    collect() {
      this.set(
        { result: "hit" },
        sum(({ hits }) => hits),
      );
      this.set(
        { result: "revalidated" },
        sum(({ revalidated }) => revalidated),
      );
      this.set(
        { result: "miss" },
        sum(({ misses }) => misses),
      );
    },
  });
  new Gauge({
    name: "render_cache_evictions_total",
    help: "Answers that left the cache of rendered pages for want of room",
    registers,
    collect() {
      this.set(sum(({ evictions }) => evictions));
    },
  });
  new Gauge({
    name: "render_cache_bytes",
    help: "Bytes in the cache of rendered pages",
    registers,
    collect() {
      this.set(sum(({ bytes }) => bytes));
    },
  });
}
