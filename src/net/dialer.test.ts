// What is dialled and what is not: literals, names, names that change their mind, overrides, proxies; and the race.
import assert from "node:assert/strict";
import net from "node:net";
import { after, describe, test } from "node:test";
import { ok, systemClock } from "../base/index.ts";
import { createDialer, type DialTarget } from "./dialer.ts";
import { interleave } from "./happy-eyeballs.ts";
import { netOptionsSchema } from "./options.ts";
import type { Resolver } from "./resolver.ts";

const closers: (() => void)[] = [];
after(() => {
  for (const close of closers) close();
});

async function server(
  onSocket: (socket: net.Socket) => void = (socket) => void socket.end("hi"),
): Promise<number> {
  const made = net.createServer((socket) => {
    socket.on("error", () => {});
    closers.push(() => socket.destroy());
    onSocket(socket);
  });
  closers.push(() => made.close());
  await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
  const address = made.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

const named = (answers: (name: string) => readonly string[]): Resolver => ({
  size: 0,
  resolve: async (name) => ok(answers(name)),
  close: () => {},
});

const dialerWith = (options: object, answers: (name: string) => readonly string[] = () => []) =>
  createDialer(netOptionsSchema.parse({ connectTimeoutMs: 1_000, ...options }), systemClock, named(answers));

const plain = (hostname: string, port: number): DialTarget => ({ hostname, port, alpn: null });

async function told(dialer: ReturnType<typeof dialerWith>, target: DialTarget): Promise<string> {
  const dialled = await dialer.dial(target);
  if (!dialled.ok) return dialled.error.failure.code;
  dialled.value.socket.on("error", () => {});
  dialled.value.socket.destroy();
  return `at ${dialled.value.address}`;
}

describe("the guard", () => {
  test("refuses literals and names that lead inside, and lets them be when allowed", async () => {
    const port = await server();
    const inside = () => ["127.0.0.1"];
    for (const host of ["127.0.0.1", "[::ffff:7f00:1]", "[::1]", "0.0.0.0", "10.0.0.1", "inside.example"]) {
      assert.equal(await told(dialerWith({}, inside), plain(host, port)), "blocked_address", host);
    }
    assert.equal(
      await told(dialerWith({ allowPrivate: true }, inside), plain("inside.example", port)),
      "at 127.0.0.1",
    );
    assert.equal(
      await told(dialerWith({ allowPrivate: true }), plain("169.254.169.254", 80)),
      "blocked_address",
    );
  });

  test("is asked about the very addresses that are dialled: a name that changes its mind meets it again", async () => {
    const port = await server();
    let asked = 0;
    const rebinding = dialerWith({ allowPrivate: true }, () =>
      ++asked === 1 ? ["127.0.0.1"] : ["169.254.169.254"],
    );
    assert.equal(await told(rebinding, plain("rebind.example", port)), "at 127.0.0.1");
    assert.equal(asked, 1, "one answer, used once: no second look-up between check and connect");
    assert.equal(await told(rebinding, plain("rebind.example", port)), "blocked_address");
  });

  test("is silent for what --resolve names, and only on that way", async () => {
    const port = await server();
    const dialer = dialerWith({ resolve: [`a.test:${port}:127.0.0.1`] }, () => ["127.0.0.1"]);
    assert.equal(await told(dialer, plain("a.test", port)), "at 127.0.0.1");
    assert.equal(await told(dialer, plain("b.test", port)), "blocked_address");
    assert.equal(await told(dialer, plain("127.0.0.1", port)), "blocked_address");
  });
});

test("a dead first address does not stop the second", async () => {
  const port = await server();
  const dialer = dialerWith({ allowPrivate: true, attemptDelayMs: 20 }, () => [
    "127.0.0.2",
    "::1",
    "127.0.0.1",
  ]);
  assert.equal(await told(dialer, plain("dual.example", port)), "at 127.0.0.1");
  const closed = await server();
  const alone = dialerWith({ allowPrivate: true }, () => ["::1"]);
  assert.equal(await told(alone, plain("six.example", closed)), "connect");
});

test("families alternate, IPv6 first, and each keeps its order", () => {
  assert.deepEqual(interleave(["1.1.1.1", "1.1.1.2", "1.1.1.3", "2::1", "2::2"]), [
    "2::1",
    "1.1.1.1",
    "2::2",
    "1.1.1.2",
    "1.1.1.3",
  ]);
});

test("an abort ends a dial with its own reason, whatever it waits for", async () => {
  const dumb: Resolver = { size: 0, resolve: () => new Promise(() => {}), close: () => {} };
  const dialer = createDialer(netOptionsSchema.parse({}), systemClock, dumb);
  const controller = new AbortController();
  const dialling = dialer.dial(plain("slow.example", 80), controller.signal);
  controller.abort(new Error("enough"));
  await assert.rejects(dialling, /enough/);
});

describe("through a proxy", () => {
  /** Speaks just enough of each; `answer` is sent to the first request. */
  async function httpProxy(answer: string, seen: string[]): Promise<number> {
    return server((socket) => {
      socket.once("data", (chunk) => {
        seen.push(chunk.toString("latin1"));
        socket.write(answer);
      });
    });
  }

  test("CONNECT carries the unresolved name and the credentials; what follows belongs to the tunnel", async () => {
    const seen: string[] = [];
    const port = await httpProxy("HTTP/1.1 200 Fine\r\n\r\nhello", seen);
    const dialer = dialerWith({ proxy: `http://u:p%40@127.0.0.1:${port}`, connectTimeoutMs: 100 });
    const dialled = await dialer.dial({ hostname: "far.example", port: 443, alpn: ["http/1.1"] });
    assert.match(seen[0] ?? "", /^CONNECT far\.example:443 HTTP\/1\.1\r\nHost: far\.example:443\r\n/);
    assert.match(seen[0] ?? "", /Proxy-Authorization: Basic dTpwQA==/);
    assert.ok(!dialled.ok, "the tunnel speaks no TLS here");
    assert.deepEqual(dialer.forwardProxy, { authorization: "Basic dTpwQA==" });
  });

  test("its refusal is its own fault, not the host's", async () => {
    for (const [answer, transient] of [
      ["HTTP/1.1 407 Who\r\n\r\n", false],
      ["HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n", true],
      ["SSH-2.0-x\r\n\r\n", true],
    ] as const) {
      const port = await httpProxy(answer, []);
      const dialled = await dialerWith({ proxy: `http://127.0.0.1:${port}` }).dial({
        hostname: "far.example",
        port: 443,
        alpn: ["http/1.1"],
      });
      assert.ok(!dialled.ok);
      const { code, hostFault, message } = dialled.error.failure;
      assert.deepEqual([code, hostFault, dialled.error.failure.transient], ["connect", false, transient]);
      assert.match(message, /^proxy/);
    }
    const gone = dialerWith({ proxy: "http://127.0.0.1:1" });
    const dialled = await gone.dial(plain("far.example", 80));
    assert.ok(!dialled.ok && dialled.error.failure.hostFault === false);
  });

  test("private literals and localhost are refused all the same", async () => {
    const seen: string[] = [];
    const port = await httpProxy("HTTP/1.1 200 Fine\r\n\r\n", seen);
    const dialer = dialerWith({ proxy: `http://127.0.0.1:${port}` });
    for (const host of ["127.0.0.1", "[::1]", "169.254.169.254", "localhost"]) {
      assert.equal(await told(dialer, plain(host, 80)), "blocked_address");
    }
    assert.equal(seen.length, 0);
  });

  test("SOCKS 5 carries names, and tells a dead target from a dead proxy", async () => {
    const requests: Buffer[] = [];
    const socks = (reply: number) =>
      server((socket) => {
        socket.once("data", () => {
          socket.write(Buffer.from([5, 0]));
          socket.once("data", (request) => {
            requests.push(request);
            socket.write(Buffer.from([5, reply, 0, 1, 0, 0, 0, 0, 0, 0]));
          });
        });
      });
    const good = dialerWith({ proxy: `socks5://127.0.0.1:${await socks(0)}` });
    assert.equal(await told(good, plain("far.example", 80)), "at null");
    assert.deepEqual(requests[0], Buffer.from("\x05\x01\x00\x03\x0bfar.example\x00\x50", "latin1"));
    assert.equal(good.forwardProxy, null);
    for (const [reply, hostFault] of [
      [5, undefined],
      [1, false],
    ] as const) {
      const dialled = await dialerWith({ proxy: `socks5://127.0.0.1:${await socks(reply)}` }).dial(
        plain("x.example", 80),
      );
      assert.ok(!dialled.ok && dialled.error.failure.code === "connect");
      assert.equal(dialled.error.failure.hostFault, hostFault);
    }
    await told(good, plain("[2606:4700::1111]", 80));
    assert.deepEqual(requests.at(-1)?.subarray(3, 8), Buffer.from([4, 0x26, 0x06, 0x47, 0x00]));
  });
});
