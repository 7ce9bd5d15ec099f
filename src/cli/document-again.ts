// The document of a stored capture, without a fetch and without a browser: by the extraction of today, and, where a browser
// showed the page, by what its record holds of that.
import { ok, type Result } from "../base/index.ts";
import type { ParsePool } from "../extract/index.ts";
import type { Document, Failure } from "../model/index.ts";
import { type CaptureWithBody, type ContentStore, RecordDamaged, renderedDocument } from "../store/index.ts";

/** Throws RecordDamaged. */
export async function documentAgain(
  capture: CaptureWithBody,
  content: Pick<ContentStore, "readRendered">,
  pool: ParsePool,
  signal: AbortSignal,
): Promise<Result<Document, Failure>> {
  const answered = await pool.extract(capture, signal);
  if (!answered.ok || capture.verdict.lane === "fast") return answered;
  const { key, offset } = capture.markdown;
  const rendered = await content.readRendered(capture.markdown);
  if (rendered === null)
    throw new RecordDamaged(`${key}:${offset}`, "it does not hold what the browser showed");
  return ok(renderedDocument(answered.value, rendered));
}
