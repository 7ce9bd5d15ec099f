// Floor 3, extract: from a body as received to a Document, in threads. The pure core is open too, for a single local page.
export { applySchema, type ExtractInput, extract } from "./extract.ts";
export { crawlOptions, type ExtractOptions, extractOptionsSchema } from "./options.ts";
export { createParsePool, type ParsePool, type ParsePoolSetup } from "./pool.ts";
export { RepeatedBlocks } from "./repeated-blocks.ts";
export { compileSchema, type SchemaProblem, schemaOf } from "./schema/compile.ts";
export type { Schema } from "./schema/declaration.ts";
export { type FieldRate, type FillAlarm, FillRates, type FillRatesOptions } from "./schema/fill-rates.ts";
export {
  createExtractStage,
  type ExtractedPage,
  type ExtractStage,
  type ExtractStageSetup,
} from "./stage.ts";
