// Broken and hostile HTTP/1 servers: each ends in its own code, none hangs the stage, none reaches the next request.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { type RawServer, rawServer, replying, rig } from "./testing/rig.ts";

const { told, stage, reports } = rig();
const servers: RawServer[] = [];
after(async () => {
  await stage.destroy(new Error("done"));
  await Promise.all(servers.map((server) => server.close()));
});

const HTML = "Content-Type: text/html\r\n";
const OK = `HTTP/1.1 200 OK\r\n${HTML}`;

interface Case {
  readonly title: string;
  readonly bytes: string;
  readonly last?: "close" | "keep" | "reset";
  readonly told: string;
  /** Told to a first attempt; where left out, the same end. */
  readonly first?: string;
}

const cases: readonly Case[] = [
  { title: "a plain page", bytes: `${OK}Content-Length: 2\r\n\r\nhi`, told: "page 200 hi" },
  { title: "a body to the close", bytes: `${OK}\r\nhi`, last: "close", told: "page 200 hi" },
  {
    title: "chunks with trailers",
    bytes: `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-T: 1\r\n\r\n`,
    told: "page 200 hi",
  },
  {
    title: "HTTP/1.0 without length",
    bytes: `HTTP/1.0 200 OK\r\n${HTML}\r\nhi`,
    last: "close",
    told: "page 200 hi",
  },
  { title: "reset before a byte", bytes: "", last: "reset", told: "failed connect", first: "later connect" },
  {
    title: "close without a status line",
    bytes: "",
    last: "close",
    told: "failed protocol",
    first: "later protocol",
  },
  {
    title: "a head that ends early",
    bytes: `${OK}X: 1`,
    last: "close",
    told: "failed protocol",
    first: "later protocol",
  },
  {
    title: "reset in mid-body",
    bytes: `${OK}Content-Length: 10\r\n\r\nhi`,
    last: "reset",
    told: "failed truncated",
    first: "later truncated",
  },
  {
    title: "a body without a status line (HTTP/0.9)",
    bytes: "<html>hi</html>\r\n\r\n",
    last: "close",
    told: "failed protocol",
  },
  {
    title: "garbage for a status line",
    bytes: "\x00\x01\x02\xff\xfe garbage\r\n\r\n",
    last: "close",
    told: "failed protocol",
  },
  {
    title: "a status without a reason",
    bytes: `HTTP/1.1 200\r\n${HTML}Content-Length: 2\r\n\r\nhi`,
    told: "page 200 hi",
  },
  {
    title: "a reason with odd bytes",
    bytes: `HTTP/1.1 200 \xc3\xa9\xff ok\r\n${HTML}Content-Length: 2\r\n\r\nhi`,
    told: "page 200 hi",
  },
  {
    title: "a header line without a colon",
    bytes: `${OK}NoColonHere\r\nContent-Length: 2\r\n\r\nhi`,
    told: "page 200 hi",
  },
  {
    title: "header bytes that are no UTF-8",
    bytes: `${OK}X-N: \xe9\xff\r\nContent-Length: 2\r\n\r\nhi`,
    told: "page 200 hi",
  },
  {
    title: "folded header lines",
    bytes: `${OK}X-Long: one\r\n two\r\n\tthree\r\nContent-Length: 2\r\n\r\nhi`,
    told: "page 200 hi",
  },
  {
    title: "conflicting lengths",
    bytes: `${OK}Content-Length: 2\r\nContent-Length: 5\r\n\r\nhi`,
    last: "close",
    told: "failed protocol",
  },
  {
    title: "equal lengths twice",
    bytes: `${OK}Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi`,
    told: "page 200 hi",
  },
  {
    title: "length and chunks at once",
    bytes: `${OK}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n`,
    told: "page 200 hi",
  },
  {
    title: "a length that is no number",
    bytes: `${OK}Content-Length: two\r\n\r\nhi`,
    last: "close",
    told: "page 200 hi",
  },
  {
    title: "a negative length",
    bytes: `${OK}Content-Length: -1\r\n\r\nhi`,
    last: "close",
    told: "page 200 hi",
  },
  {
    title: "a length beyond the body",
    bytes: `${OK}Content-Length: 10\r\n\r\nhi`,
    last: "close",
    told: "failed truncated",
    first: "later truncated",
  },
  {
    title: "a length short of the body",
    bytes: `${OK}Content-Length: 2\r\n\r\nhi and more`,
    told: "page 200 hi",
  },
  {
    title: "a chunk size that is no number",
    bytes: `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\nZZ\r\nhi\r\n`,
    last: "close",
    told: "failed truncated",
  },
  {
    title: "a missing last chunk",
    bytes: `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n`,
    last: "close",
    told: "failed truncated",
    first: "later truncated",
  },
  {
    title: "early hints and other 1xx before the answer",
    bytes: `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n${OK}Content-Length: 2\r\n\r\nhi`,
    told: "page 200 hi",
  },
  {
    title: "100 Continue unasked",
    bytes: `HTTP/1.1 100 Continue\r\n\r\n${OK}Content-Length: 2\r\n\r\nhi`,
    told: "page 200 hi",
  },
  {
    title: "101 unasked",
    bytes: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    told: "failed protocol",
  },
  {
    title: "one huge header",
    bytes: `${OK}X: ${"a".repeat(200_000)}\r\n\r\nhi`,
    last: "close",
    told: "failed protocol",
  },
  {
    title: "header lines without end",
    bytes: `${OK}${"X: y\r\n".repeat(40_000)}\r\nhi`,
    last: "close",
    told: "failed protocol",
  },
  { title: "204", bytes: "HTTP/1.1 204 No Content\r\n\r\n", told: "page 204" },
  { title: "205", bytes: "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n", told: "page 205" },
  { title: "an empty 200", bytes: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", told: "page 200" },
  {
    title: "206 unasked",
    bytes: `HTTP/1.1 206 Partial\r\n${HTML}Content-Length: 2\r\n\r\nhi`,
    told: "failed protocol",
  },
  { title: "304 unasked", bytes: "HTTP/1.1 304 Not Modified\r\n\r\n", told: "failed protocol" },
  {
    title: "404",
    bytes: `HTTP/1.1 404 Not Found\r\n${HTML}Content-Length: 2\r\n\r\nno`,
    told: "failed status",
  },
  {
    title: "500",
    bytes: `HTTP/1.1 500 Oh\r\n${HTML}Content-Length: 2\r\n\r\nno`,
    told: "failed status",
    first: "later status",
  },
  {
    title: "429 spends no repetition",
    bytes: "HTTP/1.1 429 Slow\r\nContent-Length: 0\r\n\r\n",
    told: "later status",
  },
  {
    title: "503 with Retry-After spends no repetition",
    bytes: "HTTP/1.1 503 Wait\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n",
    told: "later status",
  },
  {
    title: "401 without WWW-Authenticate",
    bytes: "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n",
    told: "failed status",
  },
  {
    title: "407 with a large body",
    bytes: `HTTP/1.1 407 No\r\n${HTML}\r\n${"x".repeat(500_000)}`,
    last: "close",
    told: "failed status",
  },
  { title: "status 999", bytes: "HTTP/1.1 999 Denied\r\nContent-Length: 0\r\n\r\n", told: "failed status" },
];

describe("an HTTP/1 server that sends", () => {
  for (const { title, bytes, last = "keep", told: expected, first } of cases) {
    test(`${title}: ${expected}`, async () => {
      const server = await replying(bytes, last);
      servers.push(server);
      assert.equal(await told(server.url), expected);
      if (first !== undefined) assert.equal(await told(server.url, { attempt: 1 }), first);
    });
  }
});

test("a tarpit meets the deadline for headers, a drip the one for the whole", async () => {
  const quick = rig({ fetch: { timeoutMs: 700, headersTimeoutMs: 300, bodyTimeoutMs: 5_000 } });
  const tarpit = await rawServer(() => {});
  let dripping: NodeJS.Timeout | undefined;
  const drip = await rawServer((socket) => {
    socket.write(`${OK}\r\n`);
    dripping = setInterval(() => socket.write("x"), 50);
    socket.on("close", () => clearInterval(dripping));
  });
  assert.equal(await quick.told(tarpit.url), "failed timeout");
  assert.equal(await quick.told(drip.url), "failed timeout");
  assert.deepEqual(
    quick.reports.map((report) => [report.address, report.failure?.code]),
    [
      ["127.0.0.1", "timeout"],
      ["127.0.0.1", "timeout"],
    ],
  );
  await quick.stage.destroy(new Error("done"));
  await Promise.all([tarpit.close(), drip.close()]);
});

test("an endless body stops at the limit, an announced one before its first byte", async () => {
  const small = rig({ fetch: { bodyBytesMax: 100_000 } });
  let sent = 0;
  const endless = await rawServer((socket) => {
    socket.write(`${OK}\r\n`);
    const more = (): void => {
      if (socket.destroyed || sent > 50_000_000) return;
      sent += 65_536;
      if (socket.write(Buffer.alloc(65_536, 120))) setImmediate(more);
      else socket.once("drain", more);
    };
    more();
  });
  const announced = await replying(`${OK}Content-Length: 5000000000\r\n\r\n`);
  assert.equal(await small.told(endless.url), "failed too_large");
  assert.equal(await small.told(announced.url), "failed too_large");
  assert.equal(await small.told(endless.url, { kind: "robots" }).then((text) => text.slice(-1)), "…");
  assert.ok(sent < 50_000_000);
  await small.stage.destroy(new Error("done"));
  await Promise.all([endless.close(), announced.close()]);
});

test("bytes after an answer poison no later one", async () => {
  const poison = `HTTP/1.1 200 OK\r\n${HTML}Content-Length: 6\r\n\r\npoison`;
  const server = await rawServer((socket, head) => {
    const path = head.split(" ")[1] ?? "";
    const body = path.slice(1);
    socket.write(`${OK}Content-Length: ${body.length}\r\n\r\n${body}${poison}`);
  });
  servers.push(server);
  for (const name of ["a", "b", "c"]) assert.equal(await told(`${server.url}${name}`), `page 200 ${name}`);
});

test("a keep-alive connection that the server closed meanwhile is no failure", async () => {
  const server = await rawServer((socket, _head, before) => {
    if (before > 0) socket.destroy();
    else socket.write(`${OK}Content-Length: 2\r\n\r\nhi`);
  });
  servers.push(server);
  for (let at = 0; at < 4; at++) assert.equal(await told(server.url), "page 200 hi");
  assert.equal(server.connections, 4);
});

test("a refused connection counts against the host and is tried again", async () => {
  const server = await replying("");
  await server.close();
  assert.equal(await told(server.url, { attempt: 1 }), "later connect");
  assert.equal(await told(server.url), "failed connect");
  assert.equal(reports.at(-1)?.address, "127.0.0.1");
});
