// The rules of the house as a test (ARCHITECTURE.md, "Floors"): who may import whom, which room owns which npm
// package, and that time and chance come only through base.
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** Floors from the ground up. A room imports rooms of lower floors only. */
const FLOORS: readonly (readonly string[])[] = [
  ["base"],
  ["engine", "model"],
  ["observe", "net"],
  ["frontier", "fetch", "route", "extract", "render", "store", "wire"],
  ["topology"],
  ["jobs"],
  ["recipes"],
  ["api"],
  ["cli"],
];

/** npm packages and the rooms that may import them. zod is for every room but base and engine. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  undici: ["fetch"],
  "tough-cookie": ["fetch"],
  "ipaddr.js": ["net"],
  lmdb: ["frontier"],
  tldts: ["frontier", "net"],
  htmlparser2: ["extract", "frontier"],
  parse5: ["extract"],
  piscina: ["extract"],
  sharp: ["recipes"],
  "@exodus/bytes": ["extract"],
  "@electric-sql/pglite": ["store"],
  yazl: ["store"],
  "hyparquet-writer": ["store"],
  pino: ["observe"],
  "prom-client": ["observe"],
  yaml: ["config", "extract"],
  "css-what": ["extract"],
  unpdf: ["extract"],
  yauzl: ["cli"],
  kafkajs: ["wire"],
  "@msgpack/msgpack": ["wire", "store"],
  "@mongodb-js/zstd": ["wire"],
  postgres: ["store"],
  "playwright-core": ["render"],
  "http-cache-semantics": ["render"],
  minio: ["store"],
  "@opensearch-project/opensearch": ["store"],
  "@modelcontextprotocol/sdk": ["api", "cli"],
  "pg-boss": ["jobs"],
  croner: ["jobs"],
  jose: ["api"],
  fastify: ["api"],
  "fastify-type-provider-zod": ["api"],
  "@fastify/cors": ["api"],
  "@fastify/helmet": ["api"],
  "@fastify/rate-limit": ["api"],
  "@fastify/swagger": ["api"],
  "@fastify/swagger-ui": ["api"],
  // The console's, which runs in a browser.
  preact: ["api"],
  "@preact/signals": ["api"],
  marked: ["api"],
  dompurify: ["api"],
};

interface Import {
  readonly file: string;
  readonly from: string;
  readonly room: string;
}

function roomOf(path: string): string {
  const [first = "", second] = path.split("/");
  return second === undefined ? first.replace(/\.ts$/, "") : first;
}

function floorOf(room: string): number {
  const floor = FLOORS.findIndex((rooms) => rooms.includes(room));
  return floor === -1 ? FLOORS.length : floor; // main, index, config: the roof
}

const sources = globSync("src/**/*.{ts,tsx}", { cwd: root }).sort();
const product = sources.filter((file) => !file.endsWith(".test.ts") && !file.includes("/testing/"));

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), "utf8");
  const room = roomOf(relative("src", file));
  const found: Import[] = [];
  for (const match of text.matchAll(
    /(?:^|\n)(?:import\b[^;"'()]*?|export\b\s*(?:type\s*)?[{*][^;"']*?\bfrom\s*)["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/g,
  )) {
    found.push({ file, from: match[1] ?? match[2] ?? "", room });
  }
  return found;
}

const imports = product.flatMap(importsOf);

test("a room imports lower floors only, and through their index", () => {
  const wrong: string[] = [];
  for (const { file, from, room } of imports) {
    if (!from.startsWith(".")) continue;
    const target = relative(join(root, "src"), join(root, dirname(file), from));
    if (target.startsWith("..")) continue; // demo/, package.json: outside the house
    const other = roomOf(target);
    if (other === room) continue;
    // cli has a second door: its index is what old Nodes read, so the embedding API cannot go through it.
    const isEmbedding = file.endsWith("src/index.ts") && target === "cli/embedded.ts";
    const viaIndex = target === `${other}/index.ts` || target === `${other}.ts` || isEmbedding;
    // Configuration is composed of the rooms' own option schemas, without loading the rooms.
    const schema = room === "config" && target === `${other}/options.ts`;
    if (!viaIndex && !schema) wrong.push(`${file}: imports ${target}, not ${other}/index.ts`);
    const lower = other === "config" ? floorOf(room) >= floorOf("topology") : floorOf(other) < floorOf(room);
    if (!lower) wrong.push(`${file}: ${room} must not import ${other}`);
  }
  assert.deepEqual(wrong, []);
});

test("an npm package belongs to its room", () => {
  const wrong: string[] = [];
  for (const { file, from, room } of imports) {
    if (from.startsWith(".") || from.startsWith("node:")) continue;
    const name = from.startsWith("@") ? from.split("/").slice(0, 2).join("/") : (from.split("/")[0] ?? "");
    const allowed =
      name === "zod" ? !["base", "engine"].includes(room) : (PACKAGES[name]?.includes(room) ?? false);
    if (!allowed) wrong.push(`${file}: ${name} does not belong to ${room}`);
  }
  assert.deepEqual(wrong, []);
});

/** Configuration, and the one variable that is the C library's and not ours: it is given to processes, not read as a setting. */
const ENVIRONMENT_READERS: ReadonlySet<string> = new Set(["src/config.ts", "src/cli/own-memory.ts"]);

/** Run in a page, on the page's own clock. */
const IN_PAGES = ["src/render/settled.ts", "src/render/shown-document.ts", "src/api/console/page/"];

// A socket's own time-out (`socket.setTimeout`) is no timer of ours.
test("time and chance come through base alone, and the environment through config", () => {
  const wrong: string[] = [];
  for (const file of product) {
    const text = readFileSync(join(root, file), "utf8").replace(/\/\/.*|\/\*[\s\S]*?\*\//g, "");
    const room = roomOf(relative("src", file));
    if (
      room !== "base" &&
      !IN_PAGES.some((place) => file.startsWith(place)) &&
      /\bDate\.now\(|(?<!\w\.)\bsetTimeout\(|\bsetInterval\(|\bMath\.random\(|\bperformance\.now\(/.test(text)
    ) {
      wrong.push(`${file}: reads the clock or chance past base`);
    }
    if (!ENVIRONMENT_READERS.has(file) && /\bprocess\.env\b/.test(text))
      wrong.push(`${file}: reads process.env`);
  }
  assert.deepEqual(wrong, []);
});

test("what the extraction worker reaches is base, model and extract", () => {
  const seen = new Set<string>();
  const queue = ["src/extract/worker.ts"];
  while (queue.length > 0) {
    const file = queue.pop() ?? "";
    if (seen.has(file)) continue;
    seen.add(file);
    for (const { from } of importsOf(file)) {
      if (from.startsWith(".")) queue.push(relative(root, join(root, dirname(file), from)));
    }
  }
  const rooms = [...new Set([...seen].map((file) => roomOf(relative("src", file))))].sort();
  assert.deepEqual(
    rooms.filter((room) => !["base", "model", "extract"].includes(room)),
    [],
  );
});

test("every file opens by saying what it is", () => {
  const silent = product.filter(
    (file) => !/^(?:#!.*\n)?\/\/ .{20}/.test(readFileSync(join(root, file), "utf8")),
  );
  assert.deepEqual(silent, []);
});

test("files stay at one idea: at most 350 lines", () => {
  const long = product
    .map((file) => ({ file, lines: readFileSync(join(root, file), "utf8").split("\n").length }))
    .filter(({ lines }) => lines > 351);
  assert.deepEqual(long, []);
});

test("no folder or file is named for leftovers", () => {
  assert.deepEqual(
    sources.filter((file) => /(^|\/)(utils?|helpers?|common|managers?|misc)(\.|\/)/i.test(file)),
    [],
  );
});

test("nothing waits to be written later", () => {
  const left = product.filter((file) =>
    /\b(TODO|FIXME|XXX)\b|@ts-ignore|\bas any\b/.test(readFileSync(join(root, file), "utf8")),
  );
  assert.deepEqual(left, []);
});

test("the lock file is whole: every package and optional platform package, with a version, without an address", () => {
  const lock: {
    packages: Record<
      string,
      { version?: string; resolved?: string; optionalDependencies?: Record<string, string> }
    >;
  } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  // npm leaves out platform packages that the registry at hand does not list, and `npm ci` then refuses the lock.
  const wrong = Object.entries(lock.packages).flatMap(([path, entry]) => [
    ...(path !== "" && (entry.version === undefined || entry.resolved !== undefined) ? [path] : []),
    ...Object.keys(entry.optionalDependencies ?? {}).filter(
      (name) =>
        !(`node_modules/${name}` in lock.packages) && !(`${path}/node_modules/${name}` in lock.packages),
    ),
  ]);
  assert.deepEqual(wrong, []);
});
