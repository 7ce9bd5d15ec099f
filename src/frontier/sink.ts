// The frontier's sink: reports of ended pages, redirects, robots files and sitemaps. It always accepts: what is admitted goes
// to disk, so that the one cycle of the graph cannot close. Bodies are read here, outside of any turn.
import type { Sink, Written } from "../engine/index.ts";
import { type ControlReport, type FrontierReport, header } from "../model/index.ts";
import type { FrontierOptions } from "./options.ts";
import { robotsBody } from "./robots-gate.ts";
import { readSitemap, SITEMAP_DEFAULTS } from "./sitemap.ts";
import { yieldToOthers } from "./trees.ts";
import { turnsOf } from "./turns.ts";

export interface SinkParts {
  readonly options: FrontierOptions;
  readonly isOpen: (captureId: string) => boolean;
  readonly nestingOf: (captureId: string) => number;
  /** One turn. */
  readonly take: (reports: readonly { report: FrontierReport; robotsBytes: Uint8Array }[]) => void;
  /** Waits while a turn would only hold up the process: what comes meanwhile shares the next. */
  readonly rest: (signal: AbortSignal) => Promise<void>;
  /** One turn: pages and further sitemaps that an open sitemap names. */
  readonly entries: (captureId: string, pages: readonly string[], indexed: readonly string[]) => void;
}

const ENTRIES_PER_TURN = 1000;
const NO_BYTES = new Uint8Array();

export function reportSink(parts: SinkParts): Sink<FrontierReport> {
  const { deadlineMs, ...batch } = parts.options.intake;
  return {
    name: "frontier.reports",
    batch,
    deadlineMs,
    connect: () => Promise.resolve(),
    async write(reports, signal): Promise<readonly Written[]> {
      const read: { report: FrontierReport; robotsBytes: Uint8Array }[] = [];
      for (const report of reports) {
        let robotsBytes: Uint8Array = NO_BYTES;
        if (report.kind === "control" && parts.isOpen(report.request.captureId)) {
          if (report.request.kind === "robots") robotsBytes = await robotsBody(report);
          else await takeSitemap(report, parts, signal);
        }
        read.push({ report, robotsBytes });
      }
      if (read.every(canWait)) await parts.rest(signal);
      for (const turn of turnsOf(read, linksOf)) {
        signal.throwIfAborted();
        parts.take(turn);
        await yieldToOthers();
      }
      return reports.map(() => ({ kind: "written" }));
    },
    close: () => Promise.resolve(),
  };
}

/** Redirects and robots files are what hosts wait for, and some ends are somebody's answer. */
const canWait = ({ report }: { readonly report: FrontierReport }): boolean =>
  report.kind === "page" && report.request.tasks === undefined;

const linksOf = ({ report }: { readonly report: FrontierReport }): number =>
  report.kind === "page" ? report.links.length : 0;

/** Admits what a sitemap names, in turns of its own; its lease closes after all of them. */
async function takeSitemap(report: ControlReport, parts: SinkParts, signal: AbortSignal): Promise<void> {
  const { status, body, request, headers } = report;
  if (status === null || status < 200 || status >= 300) return;
  const options = { ...SITEMAP_DEFAULTS, locLengthMax: parts.options.urlBytesMax };
  let pages: string[] = [];
  let indexed: string[] = [];
  const flush = (): void => {
    signal.throwIfAborted();
    parts.entries(request.captureId, pages, indexed);
    pages = [];
    indexed = [];
  };
  for await (const item of readSitemap([body], request.url, header(headers, "content-encoding"), options)) {
    if (item.kind === "url") pages.push(item.loc);
    else if (item.kind === "sitemap") indexed.push(item.loc);
    if (pages.length + indexed.length >= ENTRIES_PER_TURN) flush();
  }
  flush();
}
