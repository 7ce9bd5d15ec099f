// Random frames over HTTP/2 and random heads over HTTP/1, from a printed seed: every request ends, and nothing is thrown
// past the stage (node:test fails on an uncaught exception or an unhandled rejection).
import assert from "node:assert/strict";
import { test } from "node:test";
import tls from "node:tls";
import { type Random, seededRandom } from "../base/index.ts";
import { selfSigned } from "./testing/certificates.ts";
import { listen, rig } from "./testing/rig.ts";

const SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
/** HEADERS of stream 1 with `:status: 200` alone. */
const STATUS_200 = Buffer.from([0, 0, 1, 1, 4, 0, 0, 0, 1, 0x88]);

const bytes = (random: Random, count: number): Buffer =>
  Buffer.from(Array.from({ length: count }, () => random.below(256)));

function frame(random: Random): Buffer {
  const payload = bytes(random, random.below(60));
  const head = [0, 0, payload.length, random.below(11), random.below(256), 0, 0, 0, random.below(4)];
  return Buffer.concat([Buffer.from(head), payload]);
}

test("no sequence of frames or header bytes gets past the stage", async (context) => {
  const seed = Date.now() % 1_000_000;
  context.diagnostic(`seed ${seed}`);
  const random = seededRandom(seed);
  const server = tls.createServer(
    { ...selfSigned("a.test", -1, 1), ALPNProtocols: ["h2", "http/1.1"] },
    (socket) => {
      socket.on("error", () => {});
      const leave = (): unknown => (random.below(2) === 0 ? socket.end() : socket.destroy());
      if (socket.alpnProtocol !== "h2") {
        const garbage = bytes(random, 80).toString("latin1");
        socket.write(random.below(2) === 0 ? garbage : `HTTP/1.1 200 OK\r\n${garbage}\r\n\r\nx`, "latin1");
        setTimeout(leave, 3);
        return;
      }
      socket.write(SETTINGS);
      socket.once("data", () => {
        if (random.below(2) === 0) socket.write(STATUS_200);
        for (let at = 0; at < 5; at++) socket.write(frame(random));
        setTimeout(leave, random.below(10));
      });
    },
  );
  const port = await listen(server);
  const { told, stage } = rig({
    fetch: { timeoutMs: 1_000, headersTimeoutMs: 400, http1OriginsMax: 1 },
    net: { insecure: true, resolve: [`*:${port}:127.0.0.1`] },
  });
  for (let round = 0; round < 8; round++) {
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, at) => told(`https://h${round}x${at % 10}.test:${port}/${at}`)),
    );
    for (const text of all) assert.match(text, /^(page \d|failed|skipped|redirect|later)/);
  }
  await stage.destroy(new Error("done"));
  assert.equal(stage.origins, 0);
  server.close();
});
