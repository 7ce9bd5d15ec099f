// The port that the API is to have, asked for before anything else is opened: who cannot have it says so at once. Knows no server.
import { createServer } from "node:net";
import { describe } from "../base/index.ts";
import type { Failure } from "../model/index.ts";
import type { ApiOptions } from "./options.ts";

type Place = Pick<ApiOptions, "host" | "port">;

/** Null: it is free now. Somebody may take it before we do; then opening says the same. */
export function portTaken(place: Place): Promise<Failure | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (thrown) => resolve(portFailure(place, thrown)));
    server.listen({ host: place.host, port: place.port }, () => server.close(() => resolve(null)));
  });
}

export function portFailure({ host, port }: Place, thrown: unknown): Failure {
  const isTaken = thrown instanceof Error && "code" in thrown && thrown.code === "EADDRINUSE";
  const why = isTaken
    ? "is taken; --port or MILLRACE_API_PORT names another, 0 any that is free"
    : describe(thrown);
  return { code: "internal", message: `API port ${host}:${port}: ${why}`, cause: thrown };
}
