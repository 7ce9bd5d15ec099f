// A record of frontier.links that is larger than the broker takes, as several that say the same: an end's links go ahead
// of it as URLs to admit, host by host, and long lists of URLs in pieces.
import { err, ok, type Result } from "../base/index.ts";
import type { ForeignUrls, FrontierRecord, PageReport } from "../model/index.ts";
import { encodeFrontierRecord } from "./codec/frontier.ts";

/** The records in the order in which they must be sent. The error is one line. */
export function splitRecord(
  record: FrontierRecord,
  bytesMax: number,
): Result<readonly FrontierRecord[], string> {
  if (encodeFrontierRecord(record).byteLength <= bytesMax) return ok([record]);
  if (record.kind === "urls") return halved(record, bytesMax);
  if (record.kind === "end" && record.report.kind === "page" && record.report.links.length > 0)
    return linksAhead(record.report, bytesMax);
  return err(`a report of more than ${bytesMax} bytes`);
}

function halved(record: ForeignUrls, bytesMax: number): Result<readonly FrontierRecord[], string> {
  if (record.urls.length < 2) return err(`a URL of more than ${bytesMax} bytes`);
  const middle = record.urls.length >> 1;
  const parts: FrontierRecord[] = [];
  for (const urls of [record.urls.slice(0, middle), record.urls.slice(middle)]) {
    const split = splitRecord({ ...record, urls }, bytesMax);
    if (!split.ok) return split;
    parts.push(...split.value);
  }
  return ok(parts);
}

function linksAhead(report: PageReport, bytesMax: number): Result<readonly FrontierRecord[], string> {
  const byHost = new Map<string, string[]>();
  for (const link of report.links) {
    const host = URL.parse(link)?.host ?? report.request.host;
    const links = byHost.get(host) ?? [];
    links.push(link);
    byHost.set(host, links);
  }
  const parts: FrontierRecord[] = [];
  for (const [host, urls] of byHost) {
    const record: ForeignUrls = {
      kind: "urls",
      host,
      urls,
      depth: report.request.depth + 1,
      given: false,
      referrer: report.finalUrl,
    };
    const split = splitRecord(record, bytesMax);
    if (!split.ok) return split;
    parts.push(...split.value);
  }
  const end = splitRecord({ kind: "end", report: { ...report, links: [] } }, bytesMax);
  return end.ok ? ok([...parts, ...end.value]) : end;
}
