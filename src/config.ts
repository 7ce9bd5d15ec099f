// The only reader of process.env and of configuration files. One frozen object made of each room's own schema, with the
// source of every value kept; an unknown key or a wrong value is one line that says where it stands and what is allowed.
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isCollection, isMap, isScalar, LineCounter, type Node, parse, parseDocument } from "yaml";
import { z } from "zod";
import { apiOptions, apiVariables } from "./api/options.ts";
import { describe, err, isSecret, masked, nearest, ok, type Result } from "./base/index.ts";
import { extractOptionsSchema } from "./extract/options.ts";
import { fetchOptionsSchema } from "./fetch/options.ts";
import { frontierOptions } from "./frontier/options.ts";
import { jobsOptions } from "./jobs/options.ts";
import { netOptionsSchema } from "./net/options.ts";
import { observeOptions } from "./observe/options.ts";
import { recipesOptions, recipesVariables } from "./recipes/options.ts";
import { renderOptionsSchema } from "./render/options.ts";
import { routeOptionsSchema } from "./route/options.ts";
import { storeOptions, storeVariables } from "./store/options.ts";
import { topologyOptions } from "./topology/options.ts";
import { wireOptions, wireVariables } from "./wire/options.ts";

export const ROLES = ["standalone", "ingestor", "processor", "api"] as const;
export type Role = (typeof ROLES)[number];

const configSchema = z.strictObject({
  environment: z.enum(["development", "production"]).default("development"),
  /** Tests only: `name:hits` kills the process at that pass of a named place (base/failpoint.ts). */
  failpoint: z
    .string()
    .regex(/^[a-z-]+:[1-9]\d{0,8}$/, "must be name:hits")
    .nullable()
    .default(null),
  /** What a role crawls that is given no URL, list or sitemap: URLs or hosts. */
  seeds: z.array(z.string().min(1).max(8_192)).max(10_000).default([]),
  frontier: frontierOptions.prefault({}),
  net: netOptionsSchema.prefault({}),
  fetch: fetchOptionsSchema.prefault({}),
  route: routeOptionsSchema.prefault({}),
  extract: extractOptionsSchema.prefault({}),
  render: renderOptionsSchema.prefault({}),
  store: storeOptions.prefault({}),
  wire: wireOptions.prefault({}),
  policy: topologyOptions.shape.policy,
  topology: topologyOptions.omit({ policy: true }).prefault({}),
  jobs: jobsOptions.prefault({}),
  recipes: recipesOptions.prefault({}),
  api: apiOptions.prefault({}),
  observe: observeOptions.prefault({}),
});

export type Config = z.output<typeof configSchema>;
export type Environment = { readonly [name: string]: string | undefined };

/** Variables with names of their own, beside MILLRACE_ and the key's path in upper snake case. */
const NAMED_VARIABLES: { readonly [name: string]: string } = {
  ENVIRONMENT: "environment",
  INGESTOR_MAX_CONCURRENT: "fetch.concurrencyMax",
  ...wireVariables,
  ...storeVariables,
  ...apiVariables,
  ...recipesVariables,
};
const PREFIX = "MILLRACE_";
const ENVIRONMENT_FILE_BYTES_MAX = 64 * 1024;

export interface ConfigRequest {
  readonly role: Role;
  /** Files named with --config, later ones over earlier ones. */
  readonly files: readonly string[];
  /** Values that flags set: `path` is a key ("fetch.concurrencyMax"), `flag` how it was written ("--concurrency"). */
  readonly flags: readonly { readonly path: string; readonly value: unknown; readonly flag: string }[];
  /** process.env unless a test brings its own. */
  readonly environment?: Environment;
  /** Where default.yaml and <role>.yaml lie: the installation's config folder unless a test brings its own. */
  readonly folder?: string;
  readonly cwd?: string;
}

export interface LoadedConfig {
  readonly config: Config;
  /** Where each leaf's value came from, by its path: "default", "config/default.yaml:12", "--concurrency" … */
  readonly sources: ReadonlyMap<string, string>;
}

/** Defaults < default.yaml < <role>.yaml < --config files < environment < flags. The error is one line for people. */
export function loadConfig(request: ConfigRequest): Result<LoadedConfig, string> {
  const folder = request.folder ?? fileURLToPath(new URL("../config/", import.meta.url));
  const cwd = request.cwd ?? process.cwd();
  const tree: Tree = {};
  const sources = new Map<string, string>();
  for (const name of ["default.yaml", `${request.role}.yaml`]) {
    const file = resolve(folder, name);
    if (!existsSync(file)) continue;
    const layered = layFile(tree, sources, file, `config/${name}`);
    if (!layered.ok) return layered;
  }
  for (const name of request.files) {
    const layered = layFile(tree, sources, resolve(cwd, name), name);
    if (!layered.ok) return layered;
  }
  const layered = layEnvironment(tree, sources, request.environment ?? process.env);
  if (!layered.ok) return layered;
  for (const { path, value, flag } of request.flags) lay(tree, sources, path.split("."), value, flag);
  return validated(tree, sources);
}

function validated(tree: Tree, sources: Map<string, string>): Result<LoadedConfig, string> {
  const parsed = configSchema.safeParse(tree);
  if (parsed.success) {
    const found = new Map<string, string>();
    for (const [path] of leaves(parsed.data)) found.set(path, sourceOf(sources, path));
    return ok({ config: freeze(parsed.data), sources: found });
  }
  const [issue, ...others] = parsed.error.issues;
  const path = (issue?.path ?? []).map(String);
  const value = path.reduce<unknown>(
    (at, key) => (isTree(at) || Array.isArray(at) ? Reflect.get(at, key) : undefined),
    tree,
  );
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  const shown = isSecret(path.join(".")) ? "(secret)" : JSON.stringify(masked(path.join("."), value));
  const where = sourceOf(sources, path.join("."));
  return err(`${where}: ${path.join(".")} = ${shown}: ${issue?.message ?? "is not allowed"}${more}`);
}

// Layers

type Tree = { [key: string]: unknown };
const isTree = (value: unknown): value is Tree =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Sets the value at `path`; mappings are merged key by key, everything else replaces what lies below. */
function lay(
  tree: Tree,
  sources: Map<string, string>,
  path: readonly string[],
  value: unknown,
  source: string,
): void {
  let at = tree;
  for (const key of path.slice(0, -1)) {
    const below = Object.hasOwn(at, key) ? at[key] : undefined;
    const next = isTree(below) ? below : {};
    Object.defineProperty(at, key, { value: next, enumerable: true, writable: true, configurable: true });
    at = next;
  }
  const last = path.at(-1) ?? "";
  Object.defineProperty(at, last, { value, enumerable: true, writable: true, configurable: true });
  sources.set(path.join("."), source);
}

function layFile(tree: Tree, sources: Map<string, string>, file: string, name: string): Result<null, string> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (thrown) {
    return err(`--config ${name}: cannot be read (${describe(thrown)})`);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const [wrong] = document.errors;
  if (wrong !== undefined) return err(`${name}: ${wrong.message.split("\n")[0]}`);
  if (document.contents === null) return ok(null);
  if (!isMap(document.contents)) return err(`${name}: must be a mapping of keys to values`);
  const lineOf = (node: unknown): string => {
    const range = isScalar(node) || isCollection(node) ? (node as Node).range : undefined;
    return range ? `${name}:${lines.linePos(range[0]).line}` : name;
  };
  const walk = (node: unknown, schema: z.ZodType, path: readonly string[]): Result<null, string> => {
    const shape = shapeOf(schema);
    if (!isMap(node) || shape === "leaf") {
      const value = isCollection(node) || isScalar(node) ? (node as Node).toJS(document) : null;
      if (path.length > 0 && (value !== null || shape === "leaf"))
        lay(tree, sources, path, value, lineOf(node));
      return ok(null);
    }
    for (const pair of node.items) {
      const key = String(isScalar(pair.key) ? pair.key.value : pair.key);
      const below = childOf(shape, key);
      if (below === null) return err(unknownKey(lineOf(pair.key), [...path, key], shape));
      const walked = walk(pair.value, below, [...path, key]);
      if (!walked.ok) return walked;
    }
    return ok(null);
  };
  return walk(document.contents, configSchema, []);
}

function layEnvironment(
  tree: Tree,
  sources: Map<string, string>,
  environment: Environment,
): Result<null, string> {
  const variables = environmentVariables();
  for (const written of Object.keys(environment).sort()) {
    const text = environment[written];
    if (text === undefined || text === "") continue; // set but empty counts as not set
    const fromFile = written.endsWith("_FILE") && !variables.has(written);
    const name = fromFile ? written.slice(0, -"_FILE".length) : written;
    const target = variables.get(name);
    if (target === undefined) {
      if (!written.startsWith(PREFIX)) continue;
      const near = nearest(written, variables.keys());
      return err(`environment ${written}: unknown key${near === null ? "" : `; did you mean ${near}?`}`);
    }
    if (fromFile && environment[name]) return err(`environment ${name} and ${written}: set only one of them`);
    const value = fromFile ? readVariableFile(written, text) : ok(text);
    if (!value.ok) return value;
    lay(tree, sources, target.path.split("."), coerced(value.value, target.schema), `environment ${written}`);
  }
  return ok(null);
}

function readVariableFile(variable: string, file: string): Result<string, string> {
  try {
    const bytes = readFileSync(file);
    if (bytes.byteLength > ENVIRONMENT_FILE_BYTES_MAX)
      return err(`environment ${variable}: ${file} is over 64 KiB`);
    return ok(bytes.toString("utf8").replace(/\r?\n$/, ""));
  } catch (thrown) {
    return err(`environment ${variable}: cannot be read (${describe(thrown)})`);
  }
}

// The schema as a tree of keys

type Shape = { readonly [key: string]: z.ZodType } | z.ZodType | "leaf";

/** An object's keys, a record's value schema, or a leaf; wrappers (default, optional, readonly, pipe) looked through. */
function shapeOf(schema: z.ZodType): Shape {
  const bare = unwrapped(schema);
  if (bare instanceof z.ZodObject) return bare.shape;
  if (bare instanceof z.ZodRecord && bare.valueType instanceof z.ZodType) return bare.valueType;
  return "leaf";
}

function unwrapped(schema: z.ZodType): z.ZodType {
  const definition: unknown = schema.def;
  if (!isTree(definition)) return schema;
  const inner = definition.innerType ?? (schema instanceof z.ZodPipe ? definition.in : undefined);
  return inner instanceof z.ZodType ? unwrapped(inner) : schema;
}

function childOf(shape: Exclude<Shape, "leaf">, key: string): z.ZodType | null {
  if (shape instanceof z.ZodType) return shape;
  return Object.hasOwn(shape, key) ? (shape[key] ?? null) : null;
}

function unknownKey(where: string, path: readonly string[], shape: Exclude<Shape, "leaf">): string {
  const siblings = shape instanceof z.ZodType ? [] : Object.keys(shape);
  const near = nearest(path.at(-1) ?? "", siblings);
  const full =
    near === null ? nearest(path.join("."), keyPaths().keys()) : [...path.slice(0, -1), near].join(".");
  const hint = full === null ? `known keys here: ${siblings.join(", ")}` : `did you mean ${full}?`;
  return `${where}: unknown key ${path.join(".")}; ${hint}`;
}

/** Every leaf key of the schema by its path. */
export function keyPaths(): ReadonlyMap<string, z.ZodType> {
  const found = new Map<string, z.ZodType>();
  const walk = (schema: z.ZodType, path: readonly string[]): void => {
    const shape = shapeOf(schema);
    if (shape === "leaf" || shape instanceof z.ZodType) found.set(path.join("."), schema);
    else for (const [key, below] of Object.entries(shape)) walk(below, [...path, key]);
  };
  walk(configSchema, []);
  return found;
}

/** "fetch.concurrencyMax" → "MILLRACE_FETCH_CONCURRENCY_MAX". */
export const variableOf = (path: string): string =>
  PREFIX +
  path
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll(".", "_")
    .toUpperCase();

function environmentVariables(): ReadonlyMap<string, { path: string; schema: z.ZodType }> {
  const found = new Map<string, { path: string; schema: z.ZodType }>();
  const paths = keyPaths();
  for (const [path, schema] of paths) found.set(variableOf(path), { path, schema });
  for (const [name, path] of Object.entries(NAMED_VARIABLES)) {
    const schema = paths.get(path);
    if (schema !== undefined) found.set(name, { path, schema });
  }
  return found;
}

/** A variable's text as the key's schema wants it: text stays text, everything else is read as YAML ("8", "true", "[a, b]"). */
function coerced(text: string, schema: z.ZodType): unknown {
  if (schema.safeParse(text).success) return text;
  if (unwrapped(schema) instanceof z.ZodArray && !text.trimStart().startsWith("[")) {
    return text.split(",").map((part) => part.trim());
  }
  try {
    return parse(text);
  } catch {
    return text; // not YAML either: the schema says what is wrong with it
  }
}

// Leaves and sources

/** Every leaf of a configuration, with its path. Empty mappings are leaves. */
export function* leaves(
  value: unknown,
  path: readonly string[] = [],
): Generator<readonly [path: string, value: unknown]> {
  if (isTree(value) && Object.keys(value).length > 0) {
    for (const [key, below] of Object.entries(value)) yield* leaves(below, [...path, key]);
  } else yield [path.join("."), value];
}

/** The source of the key, or of the nearest mapping above it that was set as a whole. */
function sourceOf(sources: ReadonlyMap<string, string>, path: string): string {
  for (let at = path; ; at = at.slice(0, at.lastIndexOf("."))) {
    const source = sources.get(at);
    if (source !== undefined) return source;
    if (!at.includes(".")) return "default";
  }
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const below of Object.values(value)) freeze(below);
  }
  return value;
}

/** Folders in which programs are looked for, as the system writes them. */
export function searchPath(): string {
  return process.env.PATH ?? "";
}
