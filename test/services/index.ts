// The door of the real servers: what a suite starts, and how it learns that it cannot.
export { testBrowser, testBrowsers, whyNoBrowser } from "./browser.ts";
export { type KafkaServer, startKafka } from "./kafka.ts";
export { type MinioServer, startMinio } from "./minio.ts";
export { whyMissing } from "./missing.ts";
export { type OpenSearchServer, startOpenSearch } from "./opensearch.ts";
export { type PostgresServer, startPostgres } from "./postgres.ts";
export { startToxiproxy, type Toxic, type Toxiproxy } from "./toxiproxy.ts";
