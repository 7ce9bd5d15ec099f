// The resolver's memory, and its words for what the DNS says, against a name server on loopback.
import assert from "node:assert/strict";
import dgram from "node:dgram";
import { after, test } from "node:test";
import { systemClock } from "../base/index.ts";
import { type NetOptions, netOptionsSchema } from "./options.ts";
import { createResolver } from "./resolver.ts";

interface Reply {
  readonly code?: number;
  readonly addresses?: readonly string[];
  readonly silent?: boolean;
}

const closers: (() => void)[] = [];
after(() => {
  for (const close of closers) close();
});

/** Answers A questions with `reply(name)`; AAAA questions get an empty answer. Counts the A questions. */
async function nameServer(reply: (name: string, asked: number) => Reply) {
  const socket = dgram.createSocket("udp4");
  const asked = new Map<string, number>();
  socket.on("message", (message, from) => {
    const labels: string[] = [];
    let at = 12;
    for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
      labels.push(message.toString("latin1", at + 1, at + 1 + length));
      at += 1 + length;
    }
    const name = labels.join(".").toLowerCase();
    const isA = message.readUInt16BE(at + 1) === 1;
    if (isA) asked.set(name, (asked.get(name) ?? 0) + 1);
    const { code = 0, addresses = [], silent = false } = reply(name, asked.get(name) ?? 0);
    if (silent) return;
    const records = isA ? addresses : [];
    const head = Buffer.from([
      message[0] ?? 0,
      message[1] ?? 0,
      0x81,
      0x80 | code,
      0,
      1,
      0,
      records.length,
      0,
      0,
      0,
      0,
    ]);
    const answers = records.map((address) =>
      Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split(".").map(Number)]),
    );
    socket.send(Buffer.concat([head, message.subarray(12, at + 5), ...answers]), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  closers.push(() => socket.close());
  return { asked, address: `127.0.0.1:${socket.address().port}` };
}

function resolver(server: string, dns: Partial<NetOptions["dns"]> = {}) {
  let nowMs = 0;
  const clock = { ...systemClock, monotonicMs: () => nowMs };
  const options = netOptionsSchema.parse({ dns: { servers: [server], timeoutMs: 200, tries: 1, ...dns } });
  const made = createResolver(options, clock);
  closers.push(() => made.close());
  return { resolve: made.resolve, made, pass: (ms: number) => (nowMs += ms) };
}

test("a name is asked once for all who wait, and again when its time is over", async () => {
  const { asked, address } = await nameServer(() => ({ addresses: ["192.0.2.1", "192.0.2.2"] }));
  const { resolve, pass } = resolver(address);
  const answers = await Promise.all(Array.from({ length: 20 }, () => resolve("a.example")));
  for (const answer of answers) assert.deepEqual(answer, { ok: true, value: ["192.0.2.1", "192.0.2.2"] });
  assert.equal(asked.get("a.example"), 1);
  pass(59_000);
  await resolve("a.example");
  assert.equal(asked.get("a.example"), 1);
  pass(2_000);
  await resolve("a.example");
  assert.equal(asked.get("a.example"), 2);
});

test("NXDOMAIN and an empty answer are final, SERVFAIL and silence are not, and each is remembered for its time", async () => {
  const { asked, address } = await nameServer((name) => {
    if (name === "no.example") return { code: 3 };
    if (name === "fail.example") return { code: 2 };
    if (name === "silent.example") return { silent: true };
    return {};
  });
  const { resolve, pass } = resolver(address);
  for (const [name, transient] of [
    ["no.example", false],
    ["empty.example", false],
    ["fail.example", true],
    ["silent.example", true],
  ] as const) {
    const answer = await resolve(name);
    assert.ok(!answer.ok);
    assert.equal(answer.error.code, "dns");
    assert.equal(answer.error.transient, transient, answer.error.message);
  }
  const before = asked.get("fail.example") ?? 0;
  await resolve("fail.example");
  await resolve("no.example");
  assert.equal(asked.get("fail.example"), before);
  assert.equal(asked.get("no.example"), 1);
  pass(3_000);
  await resolve("fail.example");
  assert.ok((asked.get("fail.example") ?? 0) > before);
  assert.equal(asked.get("no.example"), 1);
});

test("no name server at all is said at once", async () => {
  const { resolve } = resolver("127.0.0.1:1");
  const answer = await resolve("a.example");
  assert.ok(!answer.ok && answer.error.transient === true && answer.error.code === "dns");
});

test("the table is bounded, and names of this machine are never asked for", async () => {
  const { asked, address } = await nameServer(() => ({ addresses: ["192.0.2.1"] }));
  const { resolve, made } = resolver(address, { entriesMax: 50 });
  for (let at = 0; at < 120; at++) await resolve(`n${at}.example`);
  assert.equal(made.size, 50);
  for (const name of ["localhost", "a.localhost", "localhost."]) {
    const answer = await resolve(name);
    assert.ok(answer.ok && answer.value.includes("127.0.0.1"));
  }
  assert.ok(!asked.has("localhost") && !asked.has("a.localhost"));
});

test("underscores are asked for", async () => {
  const { address } = await nameServer(() => ({ addresses: ["192.0.2.1"] }));
  const { resolve } = resolver(address);
  assert.deepEqual(await resolve("my_host.example"), { ok: true, value: ["192.0.2.1"] });
});
