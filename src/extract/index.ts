// Floor 3, extract: from a body as received to a Document, in threads. The pure core is open too, for a single local page.
export { type ExtractInput, extract } from "./extract.ts";
export { type ExtractOptions, extractOptionsSchema } from "./options.ts";
export { createParsePool, type ParsePool, type ParsePoolSetup } from "./pool.ts";
export {
  createExtractStage,
  type ExtractedPage,
  type ExtractStage,
  type ExtractStageSetup,
} from "./stage.ts";
