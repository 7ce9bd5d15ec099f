// The guarded proxy's connections: how many, how long, how much, and that each ends whoever leaves first.
import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { describe, test } from "node:test";
import { ask, authorization, bench, listening, rest, site, tunnel, until } from "./testing/proxy-bench.ts";

const LIMIT = { timeout: 10_000 };
const OPEN = { allowPrivate: true };

describe("limits", LIMIT, () => {
  test("a host with all its places taken makes the next wait, and nobody else", async (t) => {
    const echo = (socket: net.Socket): void => void socket.pipe(socket);
    const [full, other] = [await site(t, echo), await site(t, echo)];
    const { proxy } = await bench(t, OPEN, { connectionsPerHostMax: 1 });
    const first = await tunnel(t, proxy, `127.0.0.1:${full.port}`).answered;
    const second = tunnel(t, proxy, `127.0.0.1:${full.port}`);
    assert.equal((await tunnel(t, proxy, `127.0.0.1:${other.port}`).answered).status, 200);
    assert.equal(full.sockets.length, 1);
    first.socket.destroy();
    assert.equal((await second.answered).status, 200);
    assert.equal(full.sockets.length, 2);
  });

  test("who waits too long for a place is told so", async (t) => {
    const { port, sockets } = await site(t, (socket) => void socket.pipe(socket));
    const { proxy, pass } = await bench(t, OPEN, { connectionsMax: 1, idleMs: 1_000 });
    const { socket } = await tunnel(t, proxy, `127.0.0.1:${port}`).answered;
    await pass(600);
    // One that waits, and one after it that leaves the line by itself.
    const second = ask(proxy, `http://localhost:${port}/`);
    const third = tunnel(t, proxy, `127.0.0.1:${port}`);
    socket.resume();
    socket.write("still here");
    await once(socket, "data");
    third.socket.destroy();
    await pass(999);
    socket.write("still here");
    await once(socket, "data");
    await pass(999);
    assert.equal((await second).status, 503);
    assert.equal(sockets.length, 1);
    assert.equal(proxy.statistics.open, 1);
  });

  test("a connection on which nothing moves is cut at both ends; one that moves stays", async (t) => {
    const { port, sockets } = await site(t, (socket) => void socket.pipe(socket));
    const { proxy, pass } = await bench(t, OPEN, { idleMs: 1_000 });
    const [silent, lively] = [
      await tunnel(t, proxy, `127.0.0.1:${port}`).answered,
      await tunnel(t, proxy, `127.0.0.1:${port}`).answered,
    ];
    await pass(600);
    lively.socket.resume();
    lively.socket.write("x");
    await once(lively.socket, "data");
    await pass(600);
    await assert.rejects(rest(silent.socket), /ECONNRESET/);
    await until(() => proxy.statistics.open === 1);
    lively.socket.write("y");
    await once(lively.socket, "data");
    await until(() => sockets[0]?.readableEnded === true);
    assert.equal(sockets[1]?.readableEnded, false);
  });

  test("a site that takes a plain request and never answers: 504", async (t) => {
    const { port, sockets } = await site(t, (socket) => void socket.resume());
    const { proxy, pass } = await bench(t, OPEN, { idleMs: 1_000 });
    const answer = ask(proxy, `http://127.0.0.1:${port}/`);
    await until(() => sockets.length === 1 && (sockets[0]?.bytesRead ?? 0) > 0);
    await pass(1_001);
    assert.equal((await answer).status, 504);
    await until(() => proxy.statistics.open === 0);
  });

  test("a connection that brings more than it may is cut", async (t) => {
    const flood = (socket: net.Socket): void => void socket.write(Buffer.alloc(4 * 1024 * 1024));
    const { port } = await site(t, flood);
    const server = http.createServer((_request, response) => response.end(Buffer.alloc(4 * 1024 * 1024)));
    const plain = await listening(t, server);
    const { proxy } = await bench(t, OPEN, { bytesPerConnectionMax: 100_000 });
    const { socket } = await tunnel(t, proxy, `127.0.0.1:${port}`).answered;
    let came = 0;
    socket.on("data", (chunk: Buffer) => {
      came += chunk.length;
    });
    socket.resume();
    await until(() => socket.closed);
    assert.ok(came <= 100_000, `${came}`);
    await assert.rejects(ask(proxy, `http://127.0.0.1:${plain}/`), /aborted|socket hang up|ECONNRESET/);
    await until(() => proxy.statistics.open === 0);
  });
});

describe("ends", LIMIT, () => {
  test("a browser that leaves in the middle leaves nothing behind", async (t) => {
    const endless = http.createServer((_request, response) => {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      };
      response.on("drain", more);
      more();
    });
    const port = await listening(t, endless);
    const { proxy } = await bench(t, OPEN);
    const tunnelled = await tunnel(t, proxy, `127.0.0.1:${port}`).answered;
    tunnelled.socket.write("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
    await once(tunnelled.socket, "readable");
    const browser = net.connect(Number(new URL(proxy.url).port), "127.0.0.1");
    const head = `Host: a.test\r\nProxy-Authorization: ${authorization(proxy)}\r\n\r\n`;
    browser.write(`GET http://127.0.0.1:${port}/ HTTP/1.1\r\n${head}`);
    await once(browser, "readable");
    assert.equal(proxy.statistics.open, 2);
    tunnelled.socket.destroy();
    browser.destroy();
    await until(() => proxy.statistics.open === 0);
  });

  test("a browser that leaves before its tunnel stands, or a proxy that never answers, takes no place for long", async (t) => {
    const silent = await site(t, (socket) => void socket.resume());
    const { proxy } = await bench(t, {
      ...OPEN,
      proxy: `http://127.0.0.1:${silent.port}`,
      connectTimeoutMs: 1_000,
    });
    const [leaving, staying] = [tunnel(t, proxy, "a.test:443"), tunnel(t, proxy, "a.test:443")];
    await until(() => silent.sockets.filter((socket) => socket.bytesRead > 0).length === 2);
    leaving.socket.end();
    await until(() => proxy.statistics.open === 1);
    assert.equal((await staying.answered).status, 504);
    await until(() => proxy.statistics.open === 0);
    const chatty = await site(t, (socket) => void socket.write("x".repeat(40_000)));
    const other = await bench(t, { ...OPEN, proxy: `http://127.0.0.1:${chatty.port}` });
    assert.equal((await tunnel(t, other.proxy, "a.test:443").answered).status, 502);
    await until(() => other.proxy.statistics.open === 0);
  });

  test("a site that switches protocols unasked gets no further: 502", async (t) => {
    const head = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n";
    const { port } = await site(t, (socket) => void socket.write(head));
    const { proxy } = await bench(t, OPEN);
    assert.equal((await ask(proxy, `http://127.0.0.1:${port}/`)).status, 502);
    await until(() => proxy.statistics.open === 0);
  });

  test("a site that resets hurts its own connection alone", async (t) => {
    const { port } = await site(t, (socket) => {
      socket.once("data", () => socket.resetAndDestroy());
    });
    const half = await site(t, (socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", () => socket.resetAndDestroy());
    });
    const { proxy } = await bench(t, OPEN);
    const { socket } = await tunnel(t, proxy, `127.0.0.1:${port}`).answered;
    socket.write("x");
    await assert.rejects(rest(socket), /ECONNRESET/);
    assert.equal((await ask(proxy, `http://127.0.0.1:${port}/`)).status, 502);
    // A body that stops short does not look whole.
    await ask(proxy, `http://127.0.0.1:${half.port}/`).then(
      (answer) => assert.equal(answer.status, 502),
      (error: Error) => assert.match(error.message, /aborted|socket hang up|ECONNRESET/),
    );
    const garbage = await site(t, (site) => site.end("\x00\x01 not http\r\n\r\n"));
    assert.equal((await ask(proxy, `http://127.0.0.1:${garbage.port}/`)).status, 502);
    await until(() => proxy.statistics.open === 0);
  });

  test("close ends connections that stand, that wait and that are refused, once and for all", async (t) => {
    const { port, sockets } = await site(t, (socket) => void socket.resume());
    const { proxy } = await bench(t, OPEN, { connectionsPerHostMax: 3 });
    const standing = await tunnel(t, proxy, `127.0.0.1:${port}`).answered;
    const asking = assert.rejects(ask(proxy, `http://127.0.0.1:${port}/`), /socket hang up|ECONNRESET/);
    await until(() => sockets.length === 2);
    const waiting = tunnel(t, proxy, `127.0.0.1:${port}`);
    await once(waiting.socket, "connect");
    await Promise.all([proxy.close(), proxy.close()]);
    await asking;
    await assert.rejects(waiting.answered);
    await rest(standing.socket);
    assert.equal(proxy.statistics.open, 0);
    await until(() => sockets.every((socket) => socket.readableEnded || socket.destroyed));
    await assert.rejects(ask(proxy, `http://127.0.0.1:${port}/`), /ECONNREFUSED/);
  });
});
