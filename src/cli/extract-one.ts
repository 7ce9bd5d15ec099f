// One local page extracted, here where that can be, in a thread where its kind wants one (a PDF, which may take time and memory without end).
import { type Result, systemClock } from "../base/index.ts";
import type { Config } from "../config.ts";
import { createParsePool, type ExtractInput, extract } from "../extract/index.ts";
import type { Document, Failure } from "../model/index.ts";
import { routeMarkers } from "../route/index.ts";

export async function extractOne(
  input: ExtractInput,
  config: Pick<Config, "extract" | "route">,
  signal: AbortSignal,
): Promise<Result<Document, Failure>> {
  const markers = routeMarkers(config.route);
  const here = extract(input, config.extract, markers);
  if (here.ok || here.error.code !== "unsupported_type") return here;
  const pool = createParsePool({ options: { ...config.extract, threads: 1 }, markers, clock: systemClock });
  try {
    return await pool.extract(input, signal);
  } finally {
    await pool.close();
  }
}
