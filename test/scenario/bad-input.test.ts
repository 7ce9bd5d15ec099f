// Bad input of every kind: wrong flags and files are one clear line and exit code 2, wrong list lines and wrong pages are told and
// counted and never stop the rest; `why`, `dlq list` and --out say of each what became of it.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import { jsonFile, jsonLines, run, scratch } from "./program.ts";
import { throughOwner } from "./served.ts";

/** What each bad page ends with; the good one is there to show that the run went on. */
const ENDS: Readonly<
  Record<string, { outcome: string; code: string | null; answer(response: ServerResponse): void }>
> = {
  "/good": {
    outcome: "stored",
    code: null,
    answer: (response) => page(response, "<title>Good</title><p>A good page."),
  },
  "/empty": { outcome: "stored", code: null, answer: (response) => page(response, "") },
  "/missing": {
    outcome: "failed",
    code: "status",
    answer: (response) => response.writeHead(404).end("none"),
  },
  "/image": {
    outcome: "skipped",
    code: "unsupported_type",
    answer: (response) =>
      response.writeHead(200, { "content-type": "image/png" }).end(Buffer.from("89504e470d0a1a0a", "hex")),
  },
  "/loop": {
    outcome: "failed",
    code: "redirect",
    answer: (response) => response.writeHead(302, { location: "/loop" }).end(),
  },
  "/nowhere": {
    outcome: "failed",
    code: "redirect",
    answer: (response) => response.writeHead(302, { location: "http://[" }).end(),
  },
  "/torn-gzip": {
    outcome: "failed",
    code: "decode",
    answer: (response) =>
      response
        .writeHead(200, { "content-type": "text/html", "content-encoding": "gzip" })
        .end(Buffer.concat([gzipSync("<p>torn").subarray(0, 10), Buffer.alloc(40, 0xff)])),
  },
  "/short": {
    outcome: "failed",
    code: "truncated",
    answer: (response) => {
      response.writeHead(200, { "content-type": "text/html", "content-length": 1000 });
      response.write("<p>cut", () => response.destroy());
    },
  },
  "/huge": {
    outcome: "failed",
    code: "too_large",
    answer: (response) => page(response, "x".repeat(200_000)),
  },
};

function page(response: ServerResponse, body: string): void {
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
  response.end(body);
}

async function serve(t: TestContext): Promise<string> {
  const server = createServer((request, response) => {
    const known = ENDS[request.url ?? ""];
    if (known === undefined) response.writeHead(404).end();
    else known.answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a wrong flag, value, file or URL is one line that names it, exit code 2, and nothing is made", async (t) => {
  const folder = scratch(t);
  writeFileSync(join(folder, "file"), "");
  writeFileSync(join(folder, "bad.yaml"), "fetch:\n  concurencyMax: 3\n");
  const wrong: readonly (readonly [args: readonly string[], says: RegExp])[] = [
    [["crawl"], /nothing to crawl/],
    [["crawl", "--dept", "2", "http://a.test/"], /--dept.*--depth/],
    [["crawl", "--depth", "x", "http://a.test/"], /--depth.*"x"/],
    [["crawl", "--depth", "-1", "http://a.test/"], /--depth/],
    [["crawl", "--delay", "1e99", "http://a.test/"], /--delay/],
    [["crawl", "--max-body", "10q", "http://a.test/"], /--max-body.*10q/],
    [["crawl", "--scope", "planet", "http://a.test/"], /--scope.*planet.*host/],
    [["crawl", "--include", "(", "http://a.test/"], /--include.*regular expression/],
    [["crawl", "--resolve", "a.test", "http://a.test/"], /--resolve.*host:port:address/],
    [["crawl", "--proxy", "ftp://p/", "http://a.test/"], /--proxy/],
    [["crawl", "--header", "Host: x", "http://a.test/"], /--header/],
    [["crawl", "--fields", "titel", "--out", "o.jsonl", "http://a.test/"], /--fields.*did you mean title/],
    [["crawl", "--no-store", "http://a.test/"], /--no-store.*--out/],
    [["crawl", "--fresh", "--refresh", "http://a.test/"], /exclude each other/],
    [["crawl", "mailto:a@b.test"], /mailto:a@b\.test/],
    [["crawl", "http://"], /http:\/\//],
    [["crawl", "--list", "nothing.txt"], /--list.*nothing\.txt.*cannot be read/],
    [["crawl", "--list", "."], /--list.*folder/],
    [["crawl", "--out", "no/such/folder/o.jsonl", "http://a.test/"], /--out.*does not exist/],
    [["crawl", "--data", "file", "http://a.test/"], /--data.*is a file/],
    [
      ["crawl", "--config", "bad.yaml", "http://a.test/"],
      /bad\.yaml:2: unknown key fetch\.concurencyMax; did you mean/,
    ],
    [["crawl", "--config", "none.yaml", "http://a.test/"], /--config none\.yaml/],
    [["crwal"], /unknown command "crwal"; did you mean crawl/],
    [["dlq", "lst"], /dlq "lst": allowed are/],
    [["export", "--format", "pdf", "--out", "x"], /--format.*pdf/],
  ];
  for (const [args, says] of wrong) {
    const ended = await run(args, { cwd: folder });
    assert.equal(ended.code, 2, `${args.join(" ")}: ${ended.stderr}`);
    assert.equal(ended.stdout, "", args.join(" "));
    assert.match(ended.stderr, /^millrace: [^\n]+\n$/, args.join(" "));
    assert.match(ended.stderr, says, args.join(" "));
  }
  const { code, stderr } = await run(["crawl", "http://a.test/"], {
    cwd: folder,
    env: { MILLRACE_FETCH_TIMEOUT: "3" },
  });
  assert.equal(code, 2);
  assert.match(
    stderr,
    /^millrace: environment MILLRACE_FETCH_TIMEOUT: unknown key; did you mean MILLRACE_FETCH_TIMEOUT_MS\?\n$/,
  );
});

test("a folder that is not there is one line and exit code 1 for every command that reads one", async (t) => {
  const data = join(scratch(t), "none");
  for (const args of [["search", "word"], ["why", "http://a.test/"], ["dlq", "list"], ["reprocess"]]) {
    const ended = await run([...args, "--data", data]);
    assert.equal(ended.code, 1, args.join(" "));
    assert.match(ended.stderr, /^millrace: \[store\] \S+ does not exist: nothing was crawled there\n$/);
  }
});

test("wrong lines and wrong pages are told and counted, and the rest goes on", async (t) => {
  const origin = await serve(t);
  const folder = scratch(t);
  const data = join(folder, "data");
  const out = join(folder, "out.jsonl");
  const list = join(folder, "list.txt");
  const bad = [
    "http://",
    "ftp://a.test/file",
    "not a url at all",
    "http://a b/",
    `http://x.test/${"y".repeat(70_000)}`,
    "http://c\u0001.test/",
  ];
  const dead = ["http://127.0.0.1:1/", "http://never.invalid/", "http://192.168.77.1/"];
  const good = Object.keys(ENDS).map((path) => origin + path);
  writeFileSync(list, `\ufeff# a comment\n${[...bad, ...good, ...dead, good[0]].join("\r\n")}\n`);
  const limits = ["--max-body", "100k", "--timeout", "5", "--delay", "0", "--no-robots"];
  // 192.168.77.1 stays blocked: only the named addresses are permitted.
  const reach = ["--resolve", `127.0.0.1:*:127.0.0.1`, "--resolve", "never.invalid:80:127.0.0.2"];
  const ended = await run(["crawl", "--list", list, "--data", data, "--out", out, ...limits, ...reach]);
  assert.equal(ended.code, 0, ended.stderr);

  const lines = new Map(jsonFile(out).map((line) => [String(line.url), line]));
  const letters = await throughOwner(data, async () => {
    for (const [path, { outcome, code }] of Object.entries(ENDS)) {
      const line = lines.get(origin + path);
      assert.deepEqual([line?.outcome, codeOf(line)], [outcome, code], path);
      const why = JSON.parse((await run(["why", origin + path, "--json", "--data", data])).stdout);
      assert.deepEqual([why.state, why.code], [outcome, code], path);
    }
    return jsonLines((await run(["dlq", "list", "--json", "--data", data])).stdout);
  });
  assert.equal(codeOf(lines.get("http://127.0.0.1:1/")), "connect");
  assert.equal(codeOf(lines.get("http://never.invalid/")), "connect");
  assert.equal(codeOf(lines.get("http://192.168.77.1/")), "blocked_address");
  assert.equal(lines.size, good.length + dead.length);

  // Every bad line is told with its number (a comment stands on the first), and counted.
  for (const at of bad.keys())
    assert.match(ended.stderr, new RegExp(`list\\.txt.*\\b${at + 2}\\b`), bad[at]?.slice(0, 50));
  assert.match(ended.stderr, new RegExp(`^${bad.length} given lines were no URL and left out$`, "m"));
  const failed = [...lines.values()].filter(({ outcome }) => outcome === "failed");
  assert.match(ended.stderr, new RegExp(`^ {2}failed {3}${failed.length} \\(`, "m"));
  for (const code of new Set(failed.map(codeOf))) assert.match(ended.stderr, new RegExp(`\\b${code} \\d+`));
  assert.match(ended.stderr, /^ {2}skipped {2}1 \(unsupported_type 1\)$/m);

  assert.deepEqual(letters.map(({ url }) => url).sort(), failed.map(({ url }) => url).sort());
});

const codeOf = (line: Record<string, unknown> | undefined): unknown =>
  typeof line?.error === "object" && line.error !== null ? Reflect.get(line.error, "code") : null;
