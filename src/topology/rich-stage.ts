// The rich lane: a page that its script makes is shown by the browser and read again, by the same extraction as all others.
// What of it is the answer's own (its signature, its charset) stays as the fast lane found it. Puts the browser pool and the
// parse pool together; the only place that knows both.
import type { Stage, Verdict, Work } from "../engine/index.ts";
import type { ParsePool } from "../extract/index.ts";
import type { Code, Document, Failure, Headers, Page } from "../model/index.ts";
import type { Renderer } from "../render/index.ts";
import { reportOf } from "./end-of-page.ts";
import {
  emit,
  type LaneParts,
  ledTo,
  outcomeOf,
  type ProcessOutput,
  type RichPage,
} from "./process-stage.ts";

export interface RichStageParts extends LaneParts {
  readonly renderer: Renderer;
  readonly pool: ParsePool;
  /** A page's own limit in the parse pool, with those that may stand before it. */
  readonly extractDeadlineMs: number;
  /** Told what a page asked of each origin. */
  readonly loaded: (requests: ReadonlyMap<string, number>) => void;
}

export function richStage(parts: RichStageParts): Stage<RichPage, ProcessOutput, Code> {
  const { renderer, pool, extractDeadlineMs, policy, nowMs, loaded } = parts;
  return {
    name: "render",
    concurrencyMax: renderer.concurrencyMax,
    deadlineMs: renderer.deadlineMs + extractDeadlineMs,
    async handle(rich: RichPage, work: Work): Promise<Verdict<ProcessOutput, Code>> {
      const { page, document: fast, verdict, stored } = rich;
      const startedMs = nowMs();
      const failed = ({ code, message }: Failure): Verdict<ProcessOutput, Code> => {
        const report = reportOf(page, null, verdict, { outcome: "failed", code, message }, policy);
        return emit({ to: "out", ended: { report, page, document: null, verdict } });
      };
      const rendered = await renderer.render(page, fast.charset, work.signal);
      if (!rendered.ok) return failed(rendered.error);
      const { html, leadsTo, requests } = rendered.value;
      loaded(requests);
      if (leadsTo !== null && /^https?:/.test(leadsTo) && leadsTo !== page.url)
        return emit(ledTo(page, leadsTo));
      const body = new TextEncoder().encode(html);
      const headers = headersOf(page, fast);
      const read = await pool.extract(
        { url: page.url, body, headers, truncated: page.truncated },
        work.signal,
      );
      if (!read.ok) return failed(read.error);
      const { signature, charset, charsetSource, contentType, decodedBytes } = fast;
      const document: Document = {
        ...read.value,
        signature,
        charset,
        charsetSource,
        contentType,
        decodedBytes,
      };
      return emit(outcomeOf({ page, document, verdict, stored }, nowMs() - startedMs, parts));
    },
  };
}

/** The answer's own, but for what speaks of its bytes: the DOM comes as UTF-8. */
function headersOf({ headers }: Page, { contentType }: Document): Headers {
  const others = headers.filter(([name]) => name !== "content-type" && name !== "content-encoding");
  return [...others, ["content-type", `${contentType}; charset=utf-8`]];
}
