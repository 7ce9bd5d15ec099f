// TLS and HTTP/2 servers that misbehave: certificates, GOAWAY, refused streams, resets, and the way back to HTTP/1.1.
import assert from "node:assert/strict";
import http2 from "node:http2";
import net from "node:net";
import { after, describe, test } from "node:test";
import tls from "node:tls";
import { selfSigned } from "./testing/certificates.ts";
import { listen, type RigOptions, rig } from "./testing/rig.ts";

const pair = selfSigned("a.test", -1, 1);
const closers: (() => unknown)[] = [];
after(async () => {
  for (const close of closers) await close();
});

/** `https://a.test:PORT/` leads to the server; certificates are not verified unless the test says so. */
function secureRig(port: number, options: RigOptions = {}) {
  const made = rig({
    fetch: options.fetch ?? {},
    net: { allowPrivate: false, insecure: true, resolve: [`*:${port}:127.0.0.1`], ...options.net },
  });
  closers.push(() => made.stage.destroy(new Error("done")));
  return made;
}

async function h2Server(
  onStream: (stream: http2.ServerHttp2Stream, path: string, session: http2.Http2Session) => void,
  options: http2.SecureServerOptions = {},
) {
  const sessions = new Set<http2.ServerHttp2Session>();
  const server = http2.createSecureServer({ ...pair, allowHTTP1: true, ...options }, (request, response) => {
    if (request.httpVersion === "1.1") {
      response.setHeader("content-type", "text/html");
      response.end(`h1 ${request.url}`);
    }
  });
  let opened = 0;
  server.on("session", (session) => {
    opened++;
    sessions.add(session);
    session.on("error", () => {});
    session.on("close", () => sessions.delete(session));
  });
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    const { session } = stream;
    if (session !== undefined) onStream(stream, headers[":path"] ?? "", session);
  });
  server.on("sessionError", () => {});
  const port = await listen(server);
  closers.push(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  return {
    port,
    url: `https://a.test:${port}/`,
    get opened() {
      return opened;
    },
  };
}

const page = (stream: http2.ServerHttp2Stream, body: string): void => {
  stream.respond({ ":status": 200, "content-type": "text/html", "set-cookie": ["a=1", "b=2"] });
  stream.end(body);
};

test("pages over HTTP/2 share one connection, and the record says so", async () => {
  const server = await h2Server((stream, path) => page(stream, path));
  const { get, stage } = secureRig(server.port);
  const verdicts = await Promise.all(Array.from({ length: 30 }, (_, at) => get(`${server.url}${at}`)));
  for (const [at, verdict] of verdicts.entries()) {
    assert.equal(verdict.kind, "emit");
    const output = verdict.kind === "emit" ? verdict.outputs[0] : undefined;
    assert.equal(output?.kind, "page");
    if (output?.kind !== "page") continue;
    assert.equal(Buffer.from(output.page.body).toString(), `/${at}`);
    assert.equal(output.page.protocol, "h2");
    assert.equal(output.page.remoteAddress, "127.0.0.1");
    assert.deepEqual(
      output.page.headers.filter(([name]) => name === "set-cookie"),
      [
        ["set-cookie", "a=1"],
        ["set-cookie", "b=2"],
      ],
    );
    assert.equal(output.page.body.byteOffset, 0);
    assert.equal(output.page.body.buffer.byteLength, output.page.body.byteLength);
  }
  assert.equal(server.opened, 1);
  assert.equal(stage.origins, 1);
});

test("with HTTP/2 switched off the same server answers in HTTP/1.1", async () => {
  const server = await h2Server((stream, path) => page(stream, path));
  const { told } = secureRig(server.port, { fetch: { http2: false } });
  assert.equal(await told(`${server.url}x`), "page 200 h1 /x");
  assert.equal(server.opened, 0);
});

describe("HTTP/2 that fails before an answer is asked again in HTTP/1.1:", () => {
  test("GOAWAY with an error to every stream", async () => {
    const server = await h2Server((_stream, _path, session) =>
      session.goaway(http2.constants.NGHTTP2_PROTOCOL_ERROR),
    );
    const { told } = secureRig(server.port);
    const all = await Promise.all(Array.from({ length: 20 }, (_, at) => told(`${server.url}${at}`)));
    assert.deepEqual(
      all,
      Array.from({ length: 20 }, (_, at) => `page 200 h1 /${at}`),
    );
  });

  test("every stream refused", async () => {
    const server = await h2Server((stream) => stream.close(http2.constants.NGHTTP2_REFUSED_STREAM));
    const { told } = secureRig(server.port);
    assert.equal(await told(`${server.url}x`), "page 200 h1 /x");
  });

  test("every stream reset", async () => {
    const server = await h2Server((stream) => stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR));
    const { told } = secureRig(server.port);
    assert.equal(await told(`${server.url}x`), "page 200 h1 /x");
    const { opened } = server;
    assert.equal(await told(`${server.url}y`), "page 200 h1 /y");
    assert.equal(server.opened, opened, "the origin is remembered");
  });

  test("no stream allowed (SETTINGS_MAX_CONCURRENT_STREAMS 0)", async () => {
    const server = await h2Server((stream, path) => page(stream, path), {
      settings: { maxConcurrentStreams: 0 },
    });
    const { told } = secureRig(server.port, { fetch: { headersTimeoutMs: 300 } });
    assert.match(await told(`${server.url}x`), /^page 200 (h1 )?\/x$/);
  });

  test("garbage instead of frames", async () => {
    let plain = 0;
    const server = tls.createServer({ ...pair, ALPNProtocols: ["h2", "http/1.1"] }, (socket) => {
      socket.on("error", () => {});
      if (socket.alpnProtocol === "h2") socket.write("HTTP/1.1 200 OK\r\n\r\nnot frames");
      else {
        plain++;
        socket.end("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi");
      }
    });
    const port = await listen(server);
    closers.push(() => server.close());
    const { told } = secureRig(port);
    assert.equal(await told(`https://a.test:${port}/`), "page 200 hi");
    assert.equal(plain, 1);
  });
});

test("GOAWAY in a storm loses no request", async () => {
  let streams = 0;
  const server = await h2Server((stream, path, session) => {
    page(stream, path);
    if (++streams % 3 === 0) session.goaway(http2.constants.NGHTTP2_NO_ERROR, stream.id ?? 0);
  });
  const { told } = secureRig(server.port);
  const all = await Promise.all(Array.from({ length: 60 }, (_, at) => told(`${server.url}${at}`)));
  for (const [at, text] of all.entries()) assert.match(text, new RegExp(`^page 200 (h1 )?/${at}$`));
});

test("a reset in mid-body is truncated, a session cut off there as well", async () => {
  const server = await h2Server((stream, path, session) => {
    stream.respond({ ":status": 200, "content-type": "text/html" });
    stream.write("half", () => {
      if (path === "/reset") stream.destroy(new Error("oh"));
      else session.socket?.destroy();
    });
  });
  const { told } = secureRig(server.port);
  assert.equal(await told(`${server.url}reset`), "failed truncated");
  assert.equal(await told(`${server.url}cut`, { attempt: 1 }), "later truncated");
});

test("a stream that never answers meets its deadline and leaves the others alone", async () => {
  const server = await h2Server((stream, path) => {
    if (path !== "/never") page(stream, path);
  });
  const { told } = secureRig(server.port, { fetch: { timeoutMs: 600, headersTimeoutMs: 5_000 } });
  assert.deepEqual(await Promise.all([told(`${server.url}never`), told(`${server.url}x`)]), [
    "failed timeout",
    "page 200 /x",
  ]);
  assert.equal(await told(`${server.url}y`), "page 200 /y");
});

test("an HTTP/2 body stops at the limit without harm to the session", async () => {
  const server = await h2Server((stream, path) => {
    if (path === "/small") return page(stream, "small");
    stream.respond({ ":status": 200, "content-type": "text/html" });
    stream.end(Buffer.alloc(3_000_000, 120));
    return undefined;
  });
  const { told } = secureRig(server.port, { fetch: { bodyBytesMax: 100_000 } });
  assert.equal(await told(server.url), "failed too_large");
  assert.equal(await told(`${server.url}small`), "page 200 small");
  assert.equal(server.opened, 1);
});

describe("a certificate", () => {
  const cases = [
    ["self-signed", selfSigned("a.test", -1, 1)],
    ["expired", selfSigned("a.test", -20, -10)],
    ["of another name", selfSigned("b.test", -1, 1)],
  ] as const;
  for (const [what, certificate] of cases) {
    test(`${what} fails with tls at once, and passes with insecure`, async () => {
      const server = tls.createServer({ ...certificate }, (socket) => {
        socket.on("error", () => {});
        socket.end("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi");
      });
      server.on("tlsClientError", () => {});
      const port = await listen(server);
      closers.push(() => server.close());
      const url = `https://a.test:${port}/`;
      assert.equal(
        await secureRig(port, { net: { insecure: false } }).told(url, { attempt: 1 }),
        "failed tls",
      );
      assert.equal(await secureRig(port).told(url), "page 200 hi");
    });
  }
});

test("an old TLS version is tls, plain HTTP on the port too, a cut handshake connect", async () => {
  const old = tls.createServer({
    ...pair,
    minVersion: "TLSv1.1",
    maxVersion: "TLSv1.1",
    ciphers: "DEFAULT:@SECLEVEL=0",
  });
  old.on("tlsClientError", () => {});
  const plain = net.createServer((socket) => {
    socket.on("error", () => {});
    socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  const cut = net.createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.resetAndDestroy());
  });
  for (const [server, expected] of [
    [old, "failed tls"],
    [plain, "failed tls"],
    [cut, "failed connect"],
  ] as const) {
    const port = await listen(server);
    closers.push(() => server.close());
    assert.equal(
      await secureRig(port, { net: { insecure: false } }).told(`https://a.test:${port}/`),
      expected,
    );
  }
});

test("a handshake that never ends is a time-out", async () => {
  const silent = net.createServer((socket) => {
    socket.on("error", () => {});
    closers.push(() => socket.destroy());
  });
  const port = await listen(silent);
  closers.push(() => silent.close());
  const { told } = secureRig(port, { net: { connectTimeoutMs: 200 } });
  assert.equal(await told(`https://a.test:${port}/`), "failed timeout");
});
