// All hosts on one loopback port, told apart by their names. Knows the answers and nothing of what is asked of them.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { SIDE_SCRIPT } from "./markup.ts";
import { script, type TruthSite } from "./site.ts";

export interface ServedSites {
  readonly port: number;
  /** Value for `--resolve`. */
  readonly resolve: string;
  close(): void;
}

export async function serveSites(sites: readonly TruthSite[]): Promise<ServedSites> {
  const byHost = new Map(sites.map((site) => [site.host, site]));
  const server = createServer({ keepAliveTimeout: 15_000 }, (request, response) => {
    const site = byHost.get((request.headers.host ?? "").split(":")[0] ?? "");
    const path = request.url ?? "/";
    // Chunks and side scripts that change nothing of the text are the same everywhere.
    const answer = site?.answers.get(path) ?? (path.endsWith(".js") ? script(SIDE_SCRIPT) : null);
    const send = async (): Promise<void> => {
      if (answer?.delayMs) await sleep(answer.delayMs);
      if (answer === null) response.writeHead(404, { "content-length": 0 }).end();
      else
        response
          .writeHead(answer.status ?? 200, { "content-type": answer.type, "cache-control": "max-age=600" })
          .end(answer.body);
    };
    send().catch((thrown: unknown) =>
      response.destroy(thrown instanceof Error ? thrown : new Error(String(thrown))),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    resolve: `*:${port}:127.0.0.1`,
    close(): void {
      server.closeAllConnections();
      server.close();
    },
  };
}
