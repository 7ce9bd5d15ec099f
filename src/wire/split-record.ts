// A record of frontier.links that is larger than the broker takes, as several that say the same: an end's links go ahead
// of it as URLs to admit, and long lists of URLs in pieces.
import { err, ok, type Result } from "../base/index.ts";
import type { ForeignUrls, FrontierRecord, PageReport } from "../model/index.ts";
import { encodeFrontierRecord } from "./codec/frontier.ts";

/** The records in the order in which they must be sent. The error is one line. */
export function splitRecord(
  record: FrontierRecord,
  bytesMax: number,
): Result<readonly FrontierRecord[], string> {
  if (encodeFrontierRecord(record).byteLength <= bytesMax) return ok([record]);
  if (record.kind === "urls") return halved(record.urls, (urls) => ({ ...record, urls }), bytesMax);
  if (record.kind === "joined") return halved(record.keys, (keys) => ({ ...record, keys }), bytesMax);
  if (record.kind === "end" && record.report.kind === "page" && record.report.links.length > 0)
    return linksAhead(record.report, bytesMax);
  return err(`a report of more than ${bytesMax} bytes`);
}

function halved(
  lines: readonly string[],
  recordOf: (lines: readonly string[]) => FrontierRecord,
  bytesMax: number,
): Result<readonly FrontierRecord[], string> {
  if (lines.length < 2) return err(`a URL of more than ${bytesMax} bytes`);
  const middle = lines.length >> 1;
  const parts: FrontierRecord[] = [];
  for (const half of [lines.slice(0, middle), lines.slice(middle)]) {
    const split = splitRecord(recordOf(half), bytesMax);
    if (!split.ok) return split;
    parts.push(...split.value);
  }
  return ok(parts);
}

/** To the ingestor of the page itself: links are in scope, or not, by what it knows. */
function linksAhead(report: PageReport, bytesMax: number): Result<readonly FrontierRecord[], string> {
  const { request, links, finalUrl } = report;
  const record: ForeignUrls = {
    kind: "urls",
    host: request.host,
    urls: links,
    depth: request.depth + 1,
    given: false,
    judged: false,
    referrer: finalUrl,
  };
  const ahead = splitRecord(record, bytesMax);
  if (!ahead.ok) return ahead;
  const end = splitRecord({ kind: "end", report: { ...report, links: [] } }, bytesMax);
  return end.ok ? ok([...ahead.value, ...end.value]) : end;
}
