// The rich lane: a page that its script makes is shown by the browser and read again, by the same extraction as all others.
// What of it is the answer's own (its signature, its charset) stays as the fast lane found it. Puts the browser pool and the
// parse pool together; the only place that knows both.
import type { Stage, Verdict, Work } from "../engine/index.ts";
import type { ParsePool } from "../extract/index.ts";
import type { Code, Document, Failure, Headers, LaneVerdict, Page, Screenshot } from "../model/index.ts";
import type { Renderer } from "../render/index.ts";
import { blockedBy } from "./challenged.ts";
import {
  emit,
  failedWith,
  type LaneParts,
  ledTo,
  outcomeOf,
  type ProcessOutput,
  type ShownPage,
} from "./process-stage.ts";
import { foundMore } from "./routing.ts";

export interface RichStageParts extends LaneParts {
  readonly renderer: Renderer;
  readonly pool: ParsePool;
  /** A page's own limit in the parse pool, with those that may stand before it. */
  readonly extractDeadlineMs: number;
  /** Told of what a recipe asked for and the page did not give, one line each. */
  onMissed(url: string, missed: readonly string[]): void;
}

export function richStage(parts: RichStageParts): Stage<ShownPage, ProcessOutput, Code> {
  const { renderer, pool, extractDeadlineMs, routing, route, policy, onMissed, nowMs } = parts;
  return {
    name: "render",
    concurrencyMax: renderer.concurrencyMax,
    deadlineMs: renderer.deadlineMs + extractDeadlineMs,
    async handle(rich: ShownPage, work: Work): Promise<Verdict<ProcessOutput, Code>> {
      const { page, document: fast, verdict, stored } = rich;
      const startedMs = nowMs();
      // Out of the queue its capture is stored, and what became of it is not.
      const rendering = stored === null ? {} : { rendering: "done" as const };
      const emitted = (
        document: Document,
        by: LaneVerdict,
        screenshot: Screenshot | null = null,
      ): Verdict<ProcessOutput, Code> => {
        const pictured = screenshot === null ? {} : { screenshot };
        const processed = { page, document, verdict: by, ...pictured, stored, ...rendering };
        return emit(outcomeOf(processed, nowMs() - startedMs, parts));
      };
      /** As it came, without the browser; read again, because only a part of that reading may have come this far. */
      const asFetched = async (why: string): Promise<Verdict<ProcessOutput, Code>> => {
        const read = await pool.extract(page, work.signal);
        if (!read.ok) return emit(failedWith(read.error, page, verdict, policy));
        const reason = verdict.audit === true ? verdict.reason : why;
        return emitted(read.value, { ...verdict, lane: "fast", reason });
      };
      // The audit costs a page nothing that it had.
      const failed = (failure: Failure): Promise<Verdict<ProcessOutput, Code>> =>
        verdict.audit === true
          ? asFetched(failure.message)
          : Promise.resolve(emit(failedWith(failure, page, verdict, policy)));
      const rendered = await renderer.render(page, fast.charset, work.signal);
      if (!rendered.ok) return failed(rendered.error);
      const { html, leadsTo, missed, screenshot } = rendered.value;
      if (missed.length > 0) onMissed(page.url, missed);
      if (leadsTo !== null && /^https?:/.test(leadsTo) && leadsTo !== page.url)
        return verdict.audit === true ? asFetched("it leads elsewhere") : emit(ledTo(page, leadsTo));
      const body = new TextEncoder().encode(html);
      const headers = headersOf(page, fast);
      const read = await pool.extract(
        { url: page.url, body, headers, truncated: page.truncated },
        work.signal,
      );
      if (!read.ok) return failed(read.error);
      const blocked = blockedBy(page, read.value, route);
      if (blocked !== null) return failed(blocked);
      routing.shown(page, fast, verdict, read.value.statistics.wordCount);
      const kept = keptOf(rich, read.value);
      if (kept !== null) return asFetched(kept);
      const { signature, charset, charsetSource, contentType, decodedBytes } = fast;
      const document: Document = {
        ...read.value,
        signature,
        charset,
        charsetSource,
        contentType,
        decodedBytes,
      };
      return emitted(document, shownVerdict(verdict), screenshot);
    },
  };
}

/** So many words are content; a reading that has less than half of them is a thin one. */
const CONTENT_WORDS = 50;

/** Why the page is kept as it was fetched; null where what the browser showed is kept. */
function keptOf({ page, document, verdict }: ShownPage, rendered: Document): string | null {
  const [before, shown] = [document.statistics.wordCount, rendered.statistics.wordCount];
  if (verdict.audit === true) return foundMore(before, shown) ? null : "the browser found no more";
  if (page.request.lane === "rich" || before < CONTENT_WORDS || 2 * shown >= before) return null;
  return `the browser left ${shown} of ${before} words`;
}

/** An audit that found more is the rich lane's page. */
const shownVerdict = (verdict: LaneVerdict): LaneVerdict =>
  verdict.audit === true
    ? { ...verdict, lane: "rich", wanted: "rich", reason: "an audit of the fast lane found more" }
    : verdict;

/** The answer's own, but for what speaks of its bytes: the DOM comes as UTF-8. */
function headersOf({ headers }: Page, { contentType }: Pick<Document, "contentType">): Headers {
  const others = headers.filter(([name]) => name !== "content-type" && name !== "content-encoding");
  return [...others, ["content-type", `${contentType}; charset=utf-8`]];
}
