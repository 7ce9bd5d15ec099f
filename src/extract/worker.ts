// The parse thread's entry: one page in, one Result out. Holds no timers and no state between pages; its deadline and its heap limit
// are kept from outside (pool.ts).
import { workerData } from "node:worker_threads";
import { describe, err, type Result } from "../base/index.ts";
import type { Document, Failure, RouteMarker } from "../model/index.ts";
import { type ExtractInput, extractAny } from "./extract.ts";
import type { ExtractOptions } from "./options.ts";

export interface WorkerSetup {
  readonly options: ExtractOptions;
  readonly markers: readonly RouteMarker[];
}

// Our own pool made this value; it does not cross a trust boundary.
const setup = ownSetup(workerData);

function ownSetup(data: unknown): WorkerSetup {
  // Piscina wraps workerData as [private fields, ours].
  const own: unknown = Array.isArray(data) ? data.at(-1) : data;
  return own as WorkerSetup;
}

export default async function extractPage(input: ExtractInput): Promise<Result<Document, Failure>> {
  try {
    return await extractAny(input, setup.options, setup.markers);
  } catch (thrown) {
    // No page should get here; if one does it costs itself only.
    return err({ code: "parse", message: `extraction failed: ${describe(thrown)}` });
  }
}
