// Connections that end at the worst moments: each is an absence told to who waits, and nothing that ends the process. The
// server here is only as much of one as the moments need; what a real one does stands in test/servers.
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { systemClock } from "../../base/index.ts";
import { postgresSession } from "./postgres-session.ts";

const never = new AbortController().signal;
/** AuthenticationOk and ReadyForQuery (PostgreSQL 15, section 55.7). */
const WELCOME = Buffer.from("5200000008000000005a0000000549", "hex");

/** Calls `said` with each message of each connection, counted from 0, the start-up message first. */
async function listening(
  t: TestContext,
  said: (socket: Socket, message: number, connection: number) => void,
): Promise<{ url: string; connections: () => number }> {
  let connections = 0;
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    const connection = connections++;
    let messages = 0;
    open.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", () => said(socket, messages++, connection));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `postgres://me:secret@127.0.0.1:${port}/pages?sslmode=disable`,
    connections: () => connections,
  };
}

const sessionTo = (url: string) =>
  postgresSession(
    { url, schema: "millrace", connectionsMax: 2, connectTimeoutMs: 500, statementTimeoutMs: 500 },
    systemClock,
  );

const one = [{ sql: "select 1", values: [] }];
const two = [...one, { sql: "select $1::integer", values: [2] }];

for (const [moment, end] of [
  ["closed", (socket: Socket) => socket.end()],
  ["reset", (socket: Socket) => socket.resetAndDestroy()],
] as const)
  for (const after of [0, 1, 2])
    test(`${moment} after ${after} messages it is an absence to all who wait, each time`, async (t) => {
      const server = await listening(t, (socket, message) => {
        if (message === after) end(socket);
        else socket.write(WELCOME);
      });
      const session = sessionTo(server.url);
      for (let round = 0; round < 3; round++) {
        const waiting = [one, two, one, two].map((statements) => session.transaction(statements, never));
        for (const each of await Promise.allSettled(waiting)) {
          assert.equal(each.status, "rejected");
          assert.equal(each.reason.name, "NotConnected", String(each.reason));
        }
      }
      await session.close();
    });

test("one who leaves takes no connection with it, and closing waits for nobody for ever", async (t) => {
  const server = await listening(t, (socket, message) => {
    if (message === 0) socket.write(WELCOME);
  });
  const session = sessionTo(server.url);
  const leaving = new AbortController();
  const waiting = Array.from({ length: 5 }, () => session.transaction(two, leaving.signal));
  leaving.abort(new Error("no longer wanted"));
  for (const each of await Promise.allSettled(waiting)) {
    assert.equal(each.status, "rejected");
    assert.equal(each.reason.message, "no longer wanted");
  }
  await session.close();
  assert.ok(server.connections() <= 2);
});
