import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, before, test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { ZipFile } from "yazl";
import { LIST_DEFAULTS, type ListItem, openList } from "./list-reader.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-list-"));
});
after(() => rm(folder, { recursive: true }));

const options = (changes: Partial<typeof LIST_DEFAULTS> = {}) => ({
  ...LIST_DEFAULTS,
  ...changes,
  signal: new AbortController().signal,
});

async function read(from: string | Uint8Array | Readable, changes: Partial<typeof LIST_DEFAULTS> = {}) {
  const source = from instanceof Uint8Array ? Readable.from([Buffer.from(from)]) : from;
  const list = await openList(source, options(changes));
  assert.ok(list.ok, list.ok ? "" : list.error.message);
  const items: ListItem[] = [];
  for await (const batch of list.value) items.push(...batch);
  return items;
}

const text = (content: string) => read(Buffer.from(content));
const short = (items: readonly ListItem[]) =>
  items.map(({ line, text, problem }) => (problem === null ? `${line} ${text}` : `${line} ${problem.code}`));

async function zip(entries: Readonly<Record<string, string>>, compress = true): Promise<Buffer> {
  const file = new ZipFile();
  for (const [name, content] of Object.entries(entries))
    file.addBuffer(Buffer.from(content), name, { compress });
  file.end();
  const parts: Buffer[] = [];
  for await (const part of Readable.from(file.outputStream)) parts.push(part);
  return Buffer.concat(parts);
}

test("comments and blank lines are passed over, line numbers are those of the file", async () => {
  assert.deepEqual(
    short(await text("\ufeff# top\r\n\r\nexample.com\r\n  https://a.example/x#y  \n\nlast.example")),
    ["3 example.com", "4 https://a.example/x#y", "6 last.example"],
  );
  assert.deepEqual(short(await text("a.example\rb.example\r")), ["1 a.example", "2 b.example"]);
  assert.deepEqual(await text(""), []);
});

test("rank lists give their domains", async () => {
  assert.deepEqual(short(await text("1,google.com\r\n2,youtube.com\n")), ["1 google.com", "2 youtube.com"]);
  assert.deepEqual(short(await text("origin,rank\nhttps://www.a.example,1000\nhttps://b.example,5000\n")), [
    "2 https://www.a.example",
    "3 https://b.example",
  ]);
  assert.deepEqual(
    short(await text('GlobalRank,TldRank,Domain,TLD\n1,1,google.com,com\n2,2,"b.example",com')),
    ["2 google.com", "3 b.example"],
  );
  assert.deepEqual(short(await text('"1","a.example","10.00"\n2,\n')), ["1 a.example", "2 parse"]);
  assert.deepEqual(short(await text("http://a.example/1,2\n")), ["1 http://a.example/1,2"]);
});

test("gzip, zstd and zip are told by their bytes, from a file or a pipe", async () => {
  const content = "a.example\nb.example\n";
  const forms = [
    gzipSync(content),
    zstdCompressSync(content),
    await zip({ "list.csv": content }),
    await zip({ "l.txt": content }, false),
  ];
  for (const [at, bytes] of forms.entries()) {
    assert.deepEqual(short(await read(bytes)), ["1 a.example", "2 b.example"], `pipe ${at}`);
    const path = join(folder, `list-${at}`);
    await writeFile(path, bytes);
    assert.deepEqual(short(await read(path)), ["1 a.example", "2 b.example"], `file ${at}`);
    assert.deepEqual(short(await read(Readable.from([...bytes].map((byte) => Buffer.from([byte]))))), [
      "1 a.example",
      "2 b.example",
    ]);
  }
});

test("the entries of a zip are read in order", async () => {
  const bytes = await zip({
    "1.csv": "1,a.example",
    "__MACOSX/._1.csv": "\0\0",
    "2.csv": "domain\nb.example\n",
  });
  assert.deepEqual(short(await read(bytes)), ["1 a.example", "3 b.example"]);
});

test("a packed list cut short gives its whole lines and says so", async () => {
  const content = Array.from({ length: 5000 }, (_, at) => `host-${at * 7919}.example\n`).join("");
  for (const bytes of [gzipSync(content), await zip({ "list.csv": content })]) {
    const items = await read(bytes.subarray(0, bytes.length >> 1));
    const good = items.filter((item) => item.problem === null);
    assert.ok(good.length > 1000);
    for (const [at, item] of good.entries()) assert.equal(item.text, `host-${at * 7919}.example`);
    assert.equal(items.at(-1)?.problem?.code, "truncated");
  }
});

test("what is no line of text is reported with its number, and reading goes on", async () => {
  const long = `http://a.example/${"x".repeat(70_000)}`;
  const items = await read(
    Buffer.concat([
      Buffer.from(`${long}\nb.example\n\0\u0001bad\nc.example\n`),
      Buffer.from([0xb1, 0xb2, 0x0a]),
      Buffer.from(`d.example\n${long}`),
    ]),
  );
  assert.deepEqual(short(items), [
    "1 policy",
    "2 b.example",
    "3 parse",
    "4 c.example",
    "5 decode",
    "6 d.example",
    "7 policy",
  ]);
  for (const { problem, text } of items) {
    assert.ok(text.length <= 100);
    if (problem !== null) assert.match(problem.message, /^list line \d+ /);
  }
});

test("UTF-16 as Windows writes it is read", async () => {
  assert.deepEqual(short(await read(Buffer.from("\ufeffa.example\r\nb.example\r\n", "utf16le"))), [
    "1 a.example",
    "2 b.example",
  ]);
});

test("archives of other kinds and missing files fail with a clear line", async () => {
  assert.match((await read(Buffer.from("BZh91AY")))[0]?.problem?.message ?? "", /bzip2 is not read/);
  for (const path of [join(folder, "none"), folder]) {
    const list = await openList(path, options());
    assert.ok(!list.ok);
    assert.match(list.error.message, /^cannot read list /);
  }
});

test("a list goes on after a given line", async () => {
  assert.deepEqual(
    short(await read(Buffer.from("rank,domain\n1,a.example\n2,b.example\n3,c.example\n"), { afterLine: 3 })),
    ["4 c.example"],
  );
});

test("abort ends reading with its reason and closes the source", async () => {
  const controller = new AbortController();
  const source = Readable.from(
    (function* () {
      for (;;) yield Buffer.from("a.example\n");
    })(),
  );
  const list = await openList(source, { ...LIST_DEFAULTS, signal: controller.signal });
  assert.ok(list.ok);
  await assert.rejects(async () => {
    for await (const _ of list.value) controller.abort(new Error("stop"));
  }, /stop/);
  assert.equal(source.destroyed, true);
});

test("lines come out alike however the bytes are cut", async () => {
  const bytes = Buffer.from("\ufeff1,한국.example\r\n# c\r\n2,b.example\r\n3,c.example");
  for (let step = 1; step < bytes.length; step++) {
    const parts: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += step) parts.push(bytes.subarray(at, at + step));
    assert.deepEqual(
      short(await read(Readable.from(parts))),
      ["1 한국.example", "3 b.example", "4 c.example"],
      `by ${step}`,
    );
  }
});
