// Floor 3: leased requests to pages, over HTTP/2 and HTTP/1.1.
export { createFileFetcher, type FileAnswer, type FileWishes } from "./file-fetch.ts";
export { type FetchOptions, fetchOptionsSchema } from "./options.ts";
export { parseHeaderField } from "./request-headers.ts";
export { createFetchStage, type FetchOutput, type FetchStage, type FetchStageParts } from "./stage.ts";
