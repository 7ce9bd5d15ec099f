import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { commands, globalHelp } from "./commands.ts";
import { runCommand } from "./frame.ts";
import { capturedIo } from "./testing/captured-io.ts";

const folder = mkdtempSync(join(tmpdir(), "millrace-cli-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const run = async (name: string, argv: readonly string[], parts: { stdin?: string } = {}) => {
  const entry = commands.find((command) => command.name === name);
  assert.ok(entry, name);
  const captured = capturedIo({ cwd: folder, ...parts });
  const code = await runCommand(await entry.load(), argv, captured.io);
  return { code, stdout: captured.stdout(), stderr: captured.stderr() };
};

test("the global help names every command", () => {
  for (const { name, summary } of commands)
    assert.ok(globalHelp().includes(`${name} `) && globalHelp().includes(summary));
});

for (const { name } of commands) {
  test(`${name} --help shows usage, every flag and an example, and exits 0`, async () => {
    const { code, stdout, stderr } = await run(name, ["--help"]);
    const command = await commands.find((entry) => entry.name === name)?.load();
    assert.equal(code, 0);
    assert.equal(stderr, "");
    assert.match(stdout, new RegExp(`Usage\\n  millrace ${name}`));
    assert.match(stdout, new RegExp(`Examples\\n  .*millrace ${name}`));
    for (const flag of Object.keys(command?.flags ?? {})) assert.ok(stdout.includes(`--${flag}`), flag);
  });

  test(`${name} refuses an unknown flag with exit 2 and one line`, async () => {
    const { code, stdout, stderr } = await run(name, ["--no-such-flag"]);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(stderr, new RegExp(`^millrace: ${name}: unknown flag --no-such-flag; .*\\n$`));
  });
}

const WRONG: readonly (readonly [argv: string, says: RegExp])[] = [
  ["crawl", /nothing to crawl/],
  ["crawl https://example.com --dept 3", /unknown flag --dept; did you mean --depth\?/],
  ["crawl https://example.com --depth -1", /--depth "-1": must be a whole number from 0 to 65535/],
  ["crawl https://example.com --depth 1e3", /--depth "1e3"/],
  ["crawl https://example.com --depth", /--depth needs a value \(N\)/],
  ["crawl https://example.com --depth --quiet", /--depth needs a value/],
  ["crawl https://example.com --depth 1 --depth 2", /--depth is given twice/],
  ["crawl https://example.com --quiet=yes", /--quiet takes no value/],
  ["crawl ftp://example.com/", /"ftp:\/\/example.com\/" has the scheme ftp; allowed are http and https/],
  ["crawl https://", /is not a valid URL/],
  ["crawl mailto:a@b.c", /is not an http or https URL/],
  ["crawl https://example.com --scope site", /--scope "site": must be one of host, domain, any/],
  ["crawl https://example.com --include (", /--include "\(": must be a regular expression/],
  ["crawl https://example.com --header nonsense", /--header "nonsense": must be a header field/],
  ["crawl https://example.com --header Host:x", /Host is set by the client itself/],
  ["crawl https://example.com --resolve a:b", /--resolve "a:b": must be host:port:address/],
  ["crawl https://example.com --proxy ftp://x", /--proxy "ftp:\/\/x": must be an http/],
  ["crawl https://example.com --timeout 0", /--timeout "0": must be seconds above 0/],
  ["crawl https://example.com --max-body 10mb", /--max-body "10mb": must be a number of bytes/],
  ["crawl https://example.com --out absent/x.jsonl", /--out ".*": the folder .* does not exist/],
  ["crawl https://example.com --out .", /is a folder; a file is wanted/],
  ["crawl https://example.com --out - --fields urll", /unknown field "urll"; did you mean "?url"?\?/],
  ["crawl https://example.com --fields url", /give --out too/],
  ["crawl https://example.com --no-store", /--no-store keeps nothing without --out/],
  ["crawl https://example.com --fresh --refresh", /exclude each other/],
  ["crawl --demo https://example.com", /--demo brings its own web/],
  ["crawl --list absent.txt", /--list ".*absent.txt": cannot be read/],
  ["crawl --list - --list -", /stdin can be read once only/],
  ["crawl https://example.com --config absent.yaml", /--config absent.yaml: cannot be read/],
  ["export --out x", /--format is required/],
  ["export --format xml --out x", /--format "xml": must be one of/],
  ["export --format markdown --out -", /needs a folder/],
  ["search", /QUERY missing/],
  ["why", /URL missing/],
  ["why a b", /unexpected argument "b"/],
  ["dlq mend", /dlq "mend": allowed are list, show, replay, drop/],
  ["dlq replay", /takes ids or URLs, or --all/],
  ["config show", /config "show": allowed is "print"/],
  ["extract --format xml", /--format "xml": must be one of json, markdown, text/],
  ["extract --jsonl --url http://a/", /--url does not go with --jsonl/],
  ["robots robots.txt --url /", /--agent is required/],
];

for (const [line, says] of WRONG) {
  test(`"${line}" exits 2 with one clear line`, async () => {
    const [name = "", ...argv] = line.split(" ");
    const { code, stderr } = await run(name, argv);
    assert.match(stderr, says);
    assert.equal(stderr.split("\n").length, 2, stderr);
    assert.equal(code, 2);
  });
}

test("a data folder that is not there is a failure with its code, not wrong usage", async () => {
  for (const argv of [
    "search x",
    "why http://a/",
    "dlq list",
    "reprocess",
    "migrate",
    "export --format csv --out x.csv",
  ]) {
    const [name = "", ...rest] = argv.split(" ");
    const { code, stderr } = await run(name, [...rest, "--data", "absent"]);
    assert.equal(code, 1, argv);
    assert.match(stderr, /^millrace: \[store\] .*absent does not exist: nothing was crawled there\n$/);
  }
});

test("a file that is not there is named, and is no fault of the program's", async () => {
  const { code, stderr } = await run("extract", ["absent.html"]);
  assert.equal(code, 1);
  assert.match(stderr, /^millrace: .*absent\.html: cannot be read \(.*\)\n$/);
});

test("route of a private address names the flag that permits it", async () => {
  const { code, stderr } = await run("route", ["http://127.0.0.1:9/"]);
  assert.equal(code, 1);
  assert.match(stderr, /^millrace: \[blocked_address\] .*127\.0\.0\.1.* \(--allow-private permits it\)\n$/);
});

test("extract reads a page from stdin and writes JSON, Markdown or text", async () => {
  const stdin = "<!doctype html><title>T</title><article><h1>Head</h1><p>Words of the page.</p></article>";
  const json = await run("extract", ["--url", "https://example.com/a"], { stdin });
  assert.equal(json.code, 0);
  const line = JSON.parse(json.stdout);
  assert.equal(line.title, "T");
  assert.equal(line.url, "https://example.com/a");
  assert.match(
    (await run("extract", ["--format", "markdown"], { stdin })).stdout,
    /^# Head\n\nWords of the page\.\n$/,
  );
});

test("extract --jsonl keeps the order, and a wrong line says so while the others go on", async () => {
  writeFileSync(join(folder, "page.html"), "<title>from a file</title><p>x</p>");
  const inputs = [
    JSON.stringify({ id: "a", url: "https://example.com/", html: "<title>한국어\u2028</title>" }),
    "{not json",
    JSON.stringify({ id: 3, path: "page.html" }),
    JSON.stringify({ id: 4, path: "absent.html" }),
    JSON.stringify({ id: 5, html: '<meta charset="euc-kr"><title>né</title>' }),
    JSON.stringify({ id: 6 }),
  ];
  const { code, stdout, stderr } = await run("extract", ["--jsonl"], { stdin: `${inputs.join("\n")}\n` });
  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.equal(code, 0);
  assert.deepEqual(
    lines.map(({ id }) => id),
    ["a", null, 3, 4, 5, 6],
  );
  assert.deepEqual(
    lines.map(({ title }) => title?.trim() ?? null),
    ["한국어", null, "from a file", null, "né", null],
  );
  assert.match(lines[1].error.message, /^line 2 is not JSON/);
  assert.match(stderr, /3 lines failed/);
});

test("extract --schema adds declared fields, a wrong schema is told by place, and a PDF is read", async () => {
  writeFileSync(join(folder, "s.yaml"), "fields:\n  price: { css: .price, type: price, required: true }\n");
  writeFileSync(join(folder, "wrong.yaml"), "fields:\n  price: { csss: .price }\n");
  writeFileSync(join(folder, "a.pdf"), "%PDF-1.7\nno more");
  const stdin = '<p class="price">€ 5';
  const one = JSON.parse((await run("extract", ["--schema", "s.yaml"], { stdin })).stdout);
  assert.deepEqual(
    [one.fields, one.field_sources, one.missing_fields, one.field_problems],
    [{ price: { amount: 5, currency: "EUR" } }, { price: "css: .price" }, [], []],
  );
  const pages = ['<p class="price">1 €', "<p>none"]
    .map((html, id) => JSON.stringify({ id, html }))
    .join("\n");
  const many = await run("extract", ["--jsonl", "--schema", "s.yaml"], { stdin: `${pages}\n` });
  const lines = many.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.map((line) => line.missing_fields),
    [[], ["price"]],
  );
  assert.match(many.stderr, /field +filled +of +rate\n.*price +1 +2 +50\.0 %/);
  const wrong = await run("extract", ["--schema", "wrong.yaml"], { stdin });
  assert.equal(wrong.code, 2);
  assert.match(
    wrong.stderr,
    /--schema wrong\.yaml: line 2, fields\.price\.csss: no such key; meant is perhaps "css"/,
  );
  assert.equal((await run("extract", ["--schema", "absent.yaml"], { stdin })).code, 2);
  assert.equal((await run("extract", ["--schema", "s.yaml", "--format", "text"], { stdin })).code, 2);
  const pdf = await run("extract", ["a.pdf"]);
  assert.deepEqual([pdf.code, /\[parse\] no PDF that can be read/.test(pdf.stderr)], [1, true], pdf.stderr);
});

test("route explains its verdict", async () => {
  const { code, stdout } = await run("route", ["--json"], {
    stdin: '<div id="__NEXT_DATA__"></div><script src="app.js"></script>',
  });
  assert.equal(code, 0);
  assert.equal(JSON.parse(stdout).lane, "rich");
});

test("a URL or title cannot steer the terminal through an error line", async () => {
  const { stderr } = await run("crawl", ["ftp://a/\u001b[2J\nx"]);
  assert.ok(!stderr.includes("\u001b") && stderr.split("\n").length === 2);
});
