// The demonstration web's door: nine small hosts with some 300 pages on loopback, and the table of what a right crawler makes of
// each. Generated anew at every start, the same each time; needs no network and no package.
import { addApp } from "./hosts/app.ts";
import { addCharsets } from "./hosts/charsets.ts";
import { addDocs } from "./hosts/docs.ts";
import { addLab } from "./hosts/lab.ts";
import { addMarket } from "./hosts/market.ts";
import { addPress } from "./hosts/press.ts";
import { demoHandler, type Listening, listen } from "./server.ts";
import { HOSTS, type HostName, Web } from "./site.ts";
import type { DemoRow, DemoWord } from "./table.ts";

export { type Large, type LargeOptions, serveLarge } from "./large.ts";
export type { HostName } from "./site.ts";
export type { DemoRow, DemoWord, Expectation, Lane, Language, Outcome, Reach } from "./table.ts";

export interface DemoOptions {
  /** Address to listen on; default 127.0.0.1. */
  readonly host?: string;
  /**
   * "names": every host is a name under millrace.test on one port, to be reached through `resolve` (curl's form).
   * "ports": every host is a port of its own, for a plain browser; `resolve` is then empty. Default "names".
   */
  readonly hosts?: "names" | "ports";
}

export interface DemoWeb {
  /** Home pages of all hosts but the one that is out of scope. */
  readonly seeds: readonly string[];
  /** Values for `--resolve`: `news.millrace.test:PORT:127.0.0.1`. */
  readonly resolve: readonly string[];
  readonly origins: Readonly<Record<HostName, string>>;
  readonly table: readonly DemoRow[];
  readonly words: readonly DemoWord[];
  close(): Promise<void>;
}

export async function startDemoWeb(options: DemoOptions = {}): Promise<DemoWeb> {
  const address = options.host ?? "127.0.0.1";
  const byName = (options.hosts ?? "names") === "names";
  const listening: Listening[] = [];
  const origins = new Map<HostName, string>();
  // Pages hold absolute links, so the ports must be known before the pages are made.
  let answers: ReturnType<Web["answers"]> = new Map();
  if (byName) {
    const handler = demoHandler(
      () => answers,
      (request) => `http://${(request.headers.host ?? "").toLowerCase()}`,
    );
    const server = await listen(address, 0, handler);
    listening.push(server);
    for (const host of HOSTS) origins.set(host, `http://${host}.millrace.test:${server.port}`);
  } else {
    for (const host of HOSTS) {
      const server = await listen(
        address,
        0,
        demoHandler(
          () => answers,
          () => origins.get(host) ?? "",
        ),
      );
      listening.push(server);
      origins.set(host, `http://${address}:${server.port}`);
    }
  }
  const web = new Web(Object.fromEntries(origins) as Record<HostName, string>);
  for (const add of [addPress, addMarket, addDocs, addCharsets, addApp, addLab]) add(web);
  answers = web.answers();
  return {
    seeds: web.seeds,
    resolve: byName ? HOSTS.map((host) => `${new URL(web.origins[host]).host}:${address}`) : [],
    origins: web.origins,
    table: web.table(),
    words: web.words(),
    close: async () => {
      await Promise.all(listening.map((server) => server.close()));
    },
  };
}
