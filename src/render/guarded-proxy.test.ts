// The browser's one way out: what passes, what is refused, and who is served.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import http from "node:http";
import net from "node:net";
import { describe, test } from "node:test";
import { ask, authorization, bench, listening, rest, site, tunnel, until } from "./testing/proxy-bench.ts";

const LIMIT = { timeout: 10_000 };
const OPEN = { allowPrivate: true };
const sha = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

describe("what passes", LIMIT, () => {
  test("a plain request and its answer, without what belongs to the proxy", async (t) => {
    const seen: http.IncomingMessage[] = [];
    const bodies: string[] = [];
    const server = http.createServer(async (request, response) => {
      seen.push(request);
      bodies.push((await request.toArray()).join(""));
      response.setHeader("Set-Cookie", ["a=1", "b=2"]);
      response.setHeader("Keep-Alive", "timeout=99");
      response.end("hello");
    });
    const port = await listening(t, server);
    const { proxy } = await bench(t, OPEN);
    const answer = await ask(proxy, `http://localhost:${port}/a/b?c=d`, {
      method: "POST",
      headers: { "X-Own": "1", "X-Hop": "2", Connection: "x-hop", "Proxy-Connection": "keep-alive" },
      body: "sent",
    });
    assert.equal(answer.status, 200);
    assert.equal(answer.body.toString(), "hello");
    assert.deepEqual(answer.headers["set-cookie"], ["a=1", "b=2"]);
    assert.notEqual(answer.headers["keep-alive"], "timeout=99");
    const headers = seen[0]?.headers ?? {};
    assert.equal(seen[0]?.url, "/a/b?c=d");
    assert.equal(headers.host, `localhost:${port}`);
    assert.equal(headers["x-own"], "1");
    for (const name of ["x-hop", "proxy-authorization", "proxy-connection"])
      assert.ok(!(name in headers), name);
    assert.deepEqual(bodies, ["sent"]);
    await until(() => proxy.statistics.open === 0);
    assert.ok(proxy.statistics.bytesIn > 5);
  });

  test("five megabytes each way through CONNECT, whole and counted", async (t) => {
    const [up, down] = [randomBytes(5 * 1024 * 1024), randomBytes(5 * 1024 * 1024)];
    const came: Buffer[] = [];
    const { port } = await site(t, async (socket) => {
      came.push(await rest(socket)); // the end of one direction leaves the other open
      socket.end(down);
    });
    const { proxy } = await bench(t, OPEN);
    const { status, socket } = await tunnel(t, proxy, `127.0.0.1:${port}`).answered;
    assert.equal(status, 200);
    socket.end(up);
    assert.equal(sha(await rest(socket)), sha(down));
    assert.equal(sha(came[0] ?? Buffer.alloc(0)), sha(up));
    await until(() => proxy.statistics.open === 0);
    assert.equal(proxy.statistics.bytesIn, down.length);
  });

  test("a site that ends its direction first still hears the browser", async (t) => {
    const said: string[] = [];
    const { port } = await site(t, async (socket) => {
      socket.end("bye");
      said.push((await rest(socket)).toString());
    });
    const { proxy } = await bench(t, OPEN);
    const { socket } = await tunnel(t, proxy, `127.0.0.1:${port}`).answered;
    assert.equal((await rest(socket)).toString(), "bye");
    socket.end("heard");
    await until(() => said.length > 0);
    assert.deepEqual(said, ["heard"]);
    await until(() => proxy.statistics.open === 0);
  });

  test("both ways also where the user's own proxy stands before the site", async (t) => {
    const server = http.createServer((request, response) => response.end(`at ${request.url}`));
    const port = await listening(t, server);
    const own = await bench(t, OPEN);
    const via = own.proxy.url.replace("://", `://${own.proxy.user}:${own.proxy.password}@`);
    const { proxy } = await bench(t, { ...OPEN, proxy: via });
    const answer = await ask(proxy, `http://127.0.0.1:${port}/plain`);
    assert.equal(answer.body.toString(), "at /plain");
    const { status, socket } = await tunnel(t, proxy, `127.0.0.1:${port}`).answered;
    assert.equal(status, 200);
    socket.end("GET /tunnel HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n");
    assert.match((await rest(socket)).toString(), /at \/tunnel$/);

    const stranger = await bench(t, { ...OPEN, proxy: own.proxy.url });
    assert.equal((await ask(stranger.proxy, `http://127.0.0.1:${port}/`)).status, 502);
    assert.equal((await tunnel(t, stranger.proxy, `127.0.0.1:${port}`).answered).status, 502);
    await until(() => own.proxy.statistics.open + stranger.proxy.statistics.open === 0);
  });
});

describe("what is refused", LIMIT, () => {
  test("addresses and names that lead inside: 403, and nobody is called", async (t) => {
    const { port, sockets } = await site(t, (socket) => socket.end());
    const { proxy } = await bench(t, {});
    const hosts = [
      "127.0.0.1",
      "localhost",
      "a.localhost",
      "[::1]",
      "[::ffff:127.0.0.1]",
      "0x7f.1",
      "0.0.0.0",
    ];
    for (const host of hosts) {
      assert.equal((await ask(proxy, `http://${host}:${port}/`)).status, 403, host);
      const { status, socket } = await tunnel(t, proxy, `${host}:${port}`).answered;
      assert.equal(status, 403, host);
      assert.match((await rest(socket)).toString(), /^[^\n]+\n$/);
    }
    assert.equal(sockets.length, 0);
    assert.deepEqual({ ...proxy.statistics }, { bytesIn: 0, refused: 2 * hosts.length, open: 0 });
  });

  test("a host that is blocked: 403 both ways, and nobody is called", async (t) => {
    const { port, sockets } = await site(t, (socket) => socket.end());
    const { proxy } = await bench(t, OPEN, { isBlockedHost: (host) => host === "127.0.0.1" });
    assert.equal((await ask(proxy, `http://127.0.0.1:${port}/`)).status, 403);
    assert.equal((await tunnel(t, proxy, `127.0.0.1:${port}`).answered).status, 403);
    assert.equal(sockets.length, 0);
  });

  test("whoever does not know this process's secret: 407", async (t) => {
    const { port, sockets } = await site(t, (socket) => socket.end());
    const { proxy } = await bench(t, OPEN);
    for (const authorized of [
      false,
      "Basic",
      "Basic eDp5",
      `Bearer ${authorization(proxy).slice(6)}`,
    ] as const) {
      const plain = await ask(proxy, `http://127.0.0.1:${port}/`, { authorized });
      assert.equal(plain.status, 407);
      assert.equal(plain.headers["proxy-authenticate"], 'Basic realm="millrace"');
      const { status, head } = await tunnel(t, proxy, `127.0.0.1:${port}`, authorized).answered;
      assert.equal(status, 407);
      assert.match(head, /Proxy-Authenticate: Basic realm="millrace"/);
    }
    assert.equal((await ask(proxy, "/", { authorized: false })).status, 407);
    assert.equal(sockets.length, 0);
  });

  test("what is no request to a proxy: 400; a websocket that does not use CONNECT: 403", async (t) => {
    const { proxy } = await bench(t, OPEN);
    for (const address of [
      "/",
      "https://a.test/",
      "ftp://a.test/",
      "http://a.test:0/",
      "http://a.test:99999/",
    ])
      assert.equal((await ask(proxy, address)).status, 400, address);
    for (const authority of ["a.test", "a.test:0", "a.test:65536", "a.test:x", "u@a.test:80"])
      assert.equal((await tunnel(t, proxy, authority).answered).status, 400, authority);
    const headers = { Connection: "Upgrade", Upgrade: "websocket" };
    assert.equal((await ask(proxy, "http://a.test/", { headers })).status, 403);
  });

  test("a port where nobody listens: 502; a site that asks for proxy credentials: 502", async (t) => {
    const { port } = await site(t, () => {});
    const closed = net.createServer();
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    const address = closed.address();
    const dead = typeof address === "object" && address !== null ? address.port : 0;
    await new Promise((resolve) => closed.close(resolve));
    const { proxy } = await bench(t, OPEN);
    assert.equal((await ask(proxy, `http://127.0.0.1:${dead}/`)).status, 502);
    assert.equal((await tunnel(t, proxy, `127.0.0.1:${dead}`).answered).status, 502);
    assert.notEqual(port, dead);
    const asking = http.createServer((_request, response) =>
      response.writeHead(407, { "Proxy-Authenticate": "Basic" }).end(),
    );
    const answer = await ask(proxy, `http://127.0.0.1:${await listening(t, asking)}/`);
    assert.equal(answer.status, 502);
    assert.equal(answer.headers["proxy-authenticate"], undefined);
  });
});
