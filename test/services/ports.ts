// Ports a server can keep: outside the range systems hand out to clients, so that a server that is down for half a
// minute finds its port free again.
import { createServer } from "node:net";

const FIRST = 12_000;
const COUNT = 18_000;
const TRIES_MAX = 200;
const given = new Set<number>();

export async function freePort(): Promise<number> {
  for (let n = 0; n < TRIES_MAX; n++) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error(`no free port in ${FIRST} to ${FIRST + COUNT} after ${TRIES_MAX} tries`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
