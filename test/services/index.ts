// The door of the real servers: what a suite starts, and how it learns that it cannot.
export { type KafkaServer, startKafka } from "./kafka.ts";
export { whyMissing } from "./missing.ts";
export { type PostgresServer, startPostgres } from "./postgres.ts";
export { startToxiproxy } from "./toxiproxy.ts";
