// The stage as the engine sees it: which answer becomes a page, an end, or word for the frontier, and what is left behind.
import assert from "node:assert/strict";
import http from "node:http";
import { after, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { listen, rawServer, replying, rig } from "./testing/rig.ts";

const closers: (() => unknown)[] = [];
after(async () => {
  for (const close of closers) await close();
});

async function site(answer: http.RequestListener): Promise<string> {
  const server = http.createServer(answer);
  const port = await listen(server);
  closers.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  return `http://127.0.0.1:${port}`;
}

function made(...args: Parameters<typeof rig>) {
  const one = rig(...args);
  closers.push(() => one.stage.destroy(new Error("done")));
  return one;
}

test("a page keeps its coding, its headers as received and a buffer of its own; the report says what was done", async () => {
  const body = gzipSync("<p>hi");
  const url = await site((request, response) => {
    assert.equal(request.headers["accept-encoding"], "gzip, deflate, br, zstd");
    assert.match(request.headers["user-agent"] ?? "", /^millrace\/0\.0\.0$/);
    response.writeHead(200, "Fine", [
      "Content-Type",
      "text/html",
      "Content-Encoding",
      "gzip",
      "X-A",
      "1",
      "x-a",
      "caf\xe9",
    ]);
    response.end(body);
  });
  const { get, reports } = made();
  const verdict = await get(`${url}/a?b`, { captureId: "c1" });
  const output = verdict.kind === "emit" ? verdict.outputs[0] : undefined;
  assert.ok(output?.kind === "page");
  const { page } = output;
  assert.deepEqual(Buffer.from(page.body), body);
  assert.equal(page.body.buffer.byteLength, body.length);
  assert.deepEqual(page.headers.slice(0, 4), [
    ["content-type", "text/html"],
    ["content-encoding", "gzip"],
    ["x-a", "1"],
    ["x-a", "caf\xe9"],
  ]);
  assert.deepEqual(
    [page.status, page.statusText, page.protocol, page.remoteAddress],
    [200, "Fine", "http/1.1", "127.0.0.1"],
  );
  assert.equal(reports.length, 1);
  const [report] = reports;
  assert.deepEqual(
    [report?.captureId, report?.address, report?.status, report?.failure, report?.bytes],
    ["c1", "127.0.0.1", 200, null, body.length],
  );
});

describe("what is no page", () => {
  test("is skipped by its header without reading it, and by its first bytes", async () => {
    let written = 0;
    const url = await site((request, response) => {
      response.on("error", () => {});
      const [, kind] = (request.url ?? "").split("/");
      if (kind === "iso") {
        response.writeHead(200, { "content-type": "application/x-iso9660-image", "content-length": 5e9 });
        const more = (): void => {
          while (!response.destroyed && written < 2e8) {
            written += 65_536;
            if (!response.write(Buffer.alloc(65_536))) return void response.once("drain", more);
          }
        };
        return more();
      }
      if (kind === "png") response.setHeader("content-type", "text/html");
      if (kind === "octets") response.setHeader("content-type", "application/octet-stream");
      if (kind === "pdf") response.setHeader("content-type", "application/pdf");
      if (kind === "pdf") return void response.end("%PDF-1.7");
      if (kind === "download") response.setHeader("content-type", "application/octet-stream");
      if (kind === "download") return void response.end("%PDF-1.4");
      if (kind === "odd") response.setHeader("content-type", "html");
      if (kind === "png") return void response.end(Buffer.from("\x89PNG\r\n\x1a\n0000", "latin1"));
      if (kind === "zip") return void response.end(Buffer.from("PK\x03\x04\x00\x00", "latin1"));
      return void response.end("<p>text");
    });
    const { told } = made();
    for (const kind of ["iso", "png", "octets", "zip"]) {
      assert.equal(await told(`${url}/${kind}`), "skipped unsupported_type", kind);
    }
    assert.ok(written < 1e8);
    for (const kind of ["missing", "odd"])
      assert.equal(await told(`${url}/${kind}`), "page 200 <p>text", kind);
    assert.equal(await told(`${url}/pdf`), "page 200 %PDF-1.7");
    assert.equal(await told(`${url}/download`), "page 200 %PDF-1.4");
  });
});

test("a redirect is told to the frontier with the cookie it set, and ends beyond the limit", async () => {
  const url = await site((_request, response) =>
    response.writeHead(302, { location: "/b c#f", "set-cookie": "a=1" }).end("x".repeat(99)),
  );
  const { get, told } = made({ fetch: { redirectsMax: 3 } });
  const verdict = await get(`${url}/a`, { redirects: 2 });
  const output = verdict.kind === "emit" ? verdict.outputs[0] : undefined;
  assert.ok(output?.kind === "frontier" && output.report.kind === "redirect");
  assert.deepEqual(
    [output.report.target, output.report.status, output.report.setCookie],
    [`${url}/b%20c`, 302, true],
  );
  assert.equal(await told(`${url}/a`, { redirects: 3 }), "failed redirect");
});

test("a redirect to a private address is followed by nobody: the next hop meets the guard", async () => {
  const { told, reports } = made({ net: { allowPrivate: false } });
  assert.equal(await told("http://127.0.0.1:1/", { attempt: 1 }), "failed blocked_address");
  assert.equal(await told("http://0x7f.1/"), "failed blocked_address");
  assert.equal(await told("http://2130706433/"), "failed blocked_address");
  assert.equal(await told("http://[::ffff:169.254.169.254]/latest/meta-data"), "failed blocked_address");
  assert.deepEqual(new Set(reports.map((report) => report.address)), new Set([null]));
});

test("unchanged is an end of its own, and only when asked for", async () => {
  const url = await site((request, response) => {
    response.statusCode = request.headers["if-none-match"] === '"v1"' ? 304 : 200;
    response.end();
  });
  const { told } = made();
  assert.equal(
    await told(url, { validators: { etag: '"v1"', lastModified: null, signature: null } }),
    "skipped unchanged",
  );
  assert.equal(
    await told(url, { validators: { etag: '"v2"', lastModified: null, signature: null } }),
    "page 200",
  );
});

test("robots and sitemaps come back to the frontier whatever they are, cut at their own limit", async () => {
  const url = await site((request, response) => {
    if (request.url === "/moved") return void response.writeHead(301, { location: "/robots.txt" }).end();
    if (request.url === "/gone") return void response.writeHead(404).end("no");
    response.setHeader("content-type", "application/octet-stream");
    return void response.end("x".repeat(20));
  });
  const { told, reports } = made({ fetch: { robotsBytesMax: 10, sitemapBytesMax: 15 } });
  assert.equal(await told(`${url}/robots.txt`, { kind: "robots" }), `control 200 ${"x".repeat(10)}…`);
  assert.equal(await told(`${url}/map`, { kind: "sitemap" }), `control 200 ${"x".repeat(15)}…`);
  assert.equal(await told(`${url}/moved`, { kind: "robots" }), `control 301 ${url}/robots.txt`);
  assert.equal(await told(`${url}/gone`, { kind: "robots" }), "control 404");
  assert.equal(await told("http://127.0.0.1:1/", { kind: "robots", attempt: 1 }), "control connect");
  assert.equal(reports.length, 5);
});

test("an end that the frontier knew is passed through without a fetch", async () => {
  const { get, reports } = made();
  const verdict = await get("http://a.test/", {
    verdict: {
      outcome: "skipped",
      code: "robots",
      message: "disallowed",
      status: null,
      finalUrl: "http://a.test/b",
    },
  });
  const output = verdict.kind === "emit" ? verdict.outputs[0] : undefined;
  assert.ok(output?.kind === "ended");
  const { outcome, code, finalUrl } = output.ended.report;
  assert.deepEqual([outcome, code, finalUrl, reports.length], ["skipped", "robots", "http://a.test/b", 0]);
});

test("Retry-After is passed on raw", async () => {
  const url = await site((_request, response) =>
    response.writeHead(503, { "retry-after": " Wed, 21 Oct 2026 07:28:00 GMT" }).end(),
  );
  const { told, reports } = made();
  assert.equal(await told(url, { attempt: 1 }), "later status");
  assert.equal(reports[0]?.retryAfter, "Wed, 21 Oct 2026 07:28:00 GMT");
});

test("cookies come back to their site", async () => {
  const url = await site((request, response) => {
    response.setHeader("set-cookie", ["a=1", "broken", "b=2; Path=/x"]);
    response.setHeader("content-type", "text/plain");
    response.end(request.headers.cookie ?? "none");
  });
  const { told } = made();
  assert.equal(await told(`${url}/`), "page 200 none");
  assert.match(await told(`${url}/x`), /^page 200 .*a=1/);
});

test("an IPv6 literal is fetched where the guard allows it", async (context) => {
  const server = http.createServer((_request, response) =>
    response.setHeader("content-type", "text/plain").end("six"),
  );
  server.on("error", () => {});
  const port = await Promise.race([
    listen(server, "::1"),
    new Promise<number>((resolve) => server.once("error", () => resolve(0))),
  ]);
  if (port === 0) return context.skip("no IPv6 on this machine");
  closers.push(() => server.close());
  const { told } = made();
  assert.equal(await told(`http://[::1]:${port}/`), "page 200 six");
  assert.equal(
    await made({ net: { allowPrivate: false } }).told(`http://[::1]:${port}/`),
    "failed blocked_address",
  );
});

test("an HTTP proxy is asked in absolute form, with its own credentials, and its 407 is its own fault", async () => {
  const seen: string[] = [];
  const proxy = await rawServer((socket, head) => {
    seen.push(head);
    socket.write(
      head.includes("refuse.test")
        ? "HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n"
        : "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi",
    );
  });
  closers.push(() => proxy.close());
  const { told, reports } = made({
    net: { proxy: `http://u:p@127.0.0.1:${proxy.port}`, allowPrivate: false },
  });
  assert.equal(await told("http://far.test/a?b"), "page 200 hi");
  assert.match(seen[0] ?? "", /^GET http:\/\/far\.test\/a\?b HTTP\/1\.1\r\nhost: far\.test\r\n/);
  assert.match(seen[0] ?? "", /proxy-authorization: Basic dTpw/);
  assert.equal(await told("http://refuse.test/"), "failed connect");
  assert.equal(reports[1]?.failure?.hostFault, false);
  assert.equal(await told("http://127.0.0.1/"), "failed blocked_address");
});

test("an abort rejects with its reason, tells nothing, and leaves no connection", async () => {
  const tarpit = await rawServer(() => {});
  closers.push(() => tarpit.close());
  const { get, stage, reports } = made();
  const controller = new AbortController();
  const fetching = get(tarpit.url, {}, controller.signal);
  setTimeout(() => controller.abort(new Error("stop")), 50);
  await assert.rejects(fetching, /stop/);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual([reports.length, stage.origins], [0, 0]);
});

test("close waits for what is under way", async () => {
  const slow = await rawServer((socket) => {
    setTimeout(
      () => socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi"),
      100,
    );
  });
  closers.push(() => slow.close());
  const { told, stage } = rig();
  const fetching = told(slow.url);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await stage.close();
  assert.equal(await fetching, "page 200 hi");
});

test("thousands of hosts leave nothing behind", async () => {
  const server = await replying(
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nSet-Cookie: a=1\r\nContent-Length: 2\r\n\r\nhi",
  );
  closers.push(() => server.close());
  const { get, stage } = made({
    fetch: { originsMax: 32, keepAliveMs: 200 },
    net: { allowPrivate: false, resolve: [`*:${server.port}:127.0.0.1`] },
  });
  for (let from = 0; from < 1_000; from += 50) {
    await Promise.all(
      Array.from({ length: 50 }, (_, at) => get(`http://h${from + at}.test:${server.port}/`, { host: "h" })),
    );
    assert.ok(stage.origins <= 50);
  }
  while (stage.origins > 0) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(stage.origins, 0);
});

test("requests of one origin share few connections", async () => {
  const server = await replying("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi");
  closers.push(() => server.close());
  const { told } = made({ fetch: { connectionsPerOriginMax: 3 } });
  const all = await Promise.all(Array.from({ length: 60 }, () => told(server.url)));
  assert.deepEqual(new Set(all), new Set(["page 200 hi"]));
  assert.ok(server.connections <= 3);
});

test("closing ends, though connections close under it", { timeout: 20_000 }, async () => {
  const url = await site((_, response) => response.setHeader("content-type", "text/html").end("<p>hi"));
  for (let round = 0; round < 30; round++) {
    const { told, stage } = made();
    await Promise.all(Array.from({ length: 4 }, () => told(url)));
    await stage.close();
  }
});
