// From a schema as written (YAML, JSON, or data) to a Schema that is right throughout: shape, selectors, paths and expressions are all
// tried here, so that a page meets none that is wrong. An error says where it stands and what was perhaps meant.
import { isCollection, isMap, isPair, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { err, nearest, ok, type Result } from "../../base/index.ts";
import {
  FIELD_KEYS,
  type Pattern,
  SCHEMA_KEYS,
  type Schema,
  type SchemaField,
  SOURCE_KEYS,
  SOURCE_KINDS,
  type Source,
  type WrittenField,
  type WrittenSource,
  writtenSchema,
} from "./declaration.ts";
import { parsePath } from "./path.ts";
import { compilePattern } from "./pattern-program.ts";
import { compileSelector } from "./selector.ts";

export interface SchemaProblem {
  /** "fields.price.css"; "" for the whole. */
  readonly path: string;
  /** Line from 1, where the schema came as text. */
  readonly line: number | null;
  /** One line: place, what is wrong, what is allowed. */
  readonly message: string;
}

const TEXT_CHARS_MAX = 262_144;
const FIELDS_MAX = 500;
const LEVELS_MAX = 4;
const ROWS_MAX = 1_000;
const VALUES_MAX = 1_000;

type Place = readonly (string | number)[];
type LineOf = (place: Place) => number | null;

/** A schema from YAML or JSON. */
export function compileSchema(text: string): Result<Schema, SchemaProblem> {
  if (text.length > TEXT_CHARS_MAX) return problem([], `more than ${TEXT_CHARS_MAX} characters`, () => null);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, logLevel: "error" });
  const [wrong] = document.errors;
  if (wrong !== undefined) {
    const line = wrong.linePos?.[0].line ?? null;
    const message = (wrong.message.split("\n")[0] ?? "").replace(/ at line \d+, column \d+:?$/, "");
    return err({ path: "", line, message: `${line === null ? "" : `line ${line}: `}${message}` });
  }
  const lineOf: LineOf = (place) => {
    let node: unknown = document.contents;
    let offset = 0;
    for (const key of place) {
      let below: unknown;
      if (isMap(node)) {
        const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
        if (isPair(pair) && isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
        below = pair?.value;
      } else if (isSeq(node)) {
        below = node.items[Number(key)];
        if (isScalar(below) || isCollection(below)) offset = below.range?.[0] ?? offset;
      }
      if (below === undefined) break;
      node = below;
    }
    return lines.linePos(offset).line;
  };
  let data: unknown;
  try {
    data = document.toJS({ maxAliasCount: 50 });
  } catch {
    return problem([], "refers to its own parts too often", () => null);
  }
  return schemaOf(data, lineOf);
}

/** A schema that came as data, in another document. */
export function schemaOf(data: unknown, lineOf: LineOf = () => null): Result<Schema, SchemaProblem> {
  const parsed = writtenSchema.safeParse(data);
  if (!parsed.success) return shapeProblem(parsed.error, lineOf);
  try {
    const count = { left: FIELDS_MAX };
    const fields = Object.entries(parsed.data.fields).map(([name, field]) =>
      fieldOf(name, field, ["fields", name], 1, count),
    );
    if (fields.length === 0) throw new Wrong(["fields"], "declares no field");
    return ok({ fields });
  } catch (thrown) {
    if (thrown instanceof Wrong) return problem(thrown.place, thrown.message, lineOf);
    throw thrown;
  }
}

class Wrong extends Error {
  readonly place: Place;

  constructor(place: Place, message: string) {
    super(message);
    this.place = place;
  }
}

function problem(place: Place, message: string, lineOf: LineOf): Result<never, SchemaProblem> {
  const path = place.map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`)).join("");
  const named = path.replace(/^\./, "");
  const line = lineOf(place);
  const where = [line === null ? "" : `line ${line}`, named].filter((part) => part !== "").join(", ");
  return err({ path: named, line, message: where === "" ? message : `${where}: ${message}` });
}

function shapeProblem(error: z.ZodError, lineOf: LineOf): Result<never, SchemaProblem> {
  const [issue] = error.issues;
  if (issue === undefined) return problem([], "is no schema", lineOf);
  const place = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  if (issue.code !== "unrecognized_keys") return problem(place, issue.message, lineOf);
  const key = issue.keys[0] ?? "";
  const known =
    place.length === 0 ? SCHEMA_KEYS : typeof place.at(-1) === "number" ? SOURCE_KEYS : FIELD_KEYS;
  const meant = nearest(key, known);
  const hint = meant === null ? `known are ${known.join(", ")}` : `meant is perhaps "${meant}"`;
  return problem([...place, key], `no such key; ${hint}`, lineOf);
}

function fieldOf(
  name: string,
  field: WrittenField,
  place: Place,
  level: number,
  count: { left: number },
): SchemaField {
  if (--count.left < 0) throw new Wrong(place, `more than ${FIELDS_MAX} fields`);
  if (level > LEVELS_MAX) throw new Wrong(place, `rows within rows only ${LEVELS_MAX} deep`);
  const required = field.required ?? false;
  if (field.each !== undefined || field.fields !== undefined) {
    const { each, fields, max } = field;
    if (each === undefined)
      throw new Wrong([...place, "fields"], 'stands with "each", the selector of a row');
    if (fields === undefined) throw new Wrong([...place, "each"], 'stands with "fields", what a row holds');
    const other = Object.keys(field).find((key) => !["each", "fields", "required", "max"].includes(key));
    if (other !== undefined) throw new Wrong([...place, other], 'does not go with "each"');
    selector(each, [...place, "each"]);
    return {
      kind: "rows",
      name,
      each,
      required,
      max: max ?? ROWS_MAX,
      fields: Object.entries(fields).map(([below, one]) =>
        fieldOf(below, one, [...place, "fields", below], level + 1, count),
      ),
    };
  }
  const own = SOURCE_KINDS.filter((kind) => field[kind] !== undefined);
  if (field.from !== undefined && own[0] !== undefined)
    throw new Wrong([...place, own[0]], 'does not go with "from", which lists every source');
  const sources =
    field.from === undefined
      ? [sourceOf(field, field, place, level)]
      : field.from.map((source, at) => sourceOf(source, field, [...place, "from", at], level));
  if (field.separator !== undefined && field.type !== "list")
    throw new Wrong([...place, "separator"], 'goes with "type: list" only');
  return {
    kind: "value",
    name,
    sources,
    type: field.type ?? "text",
    all: field.all ?? false,
    required,
    decimal: field.decimal ?? null,
    currency: field.currency ?? null,
    dateOrder: field.dateOrder ?? null,
    separator: field.separator ?? null,
    max: field.max ?? VALUES_MAX,
  };
}

function sourceOf(source: WrittenSource, field: WrittenField, place: Place, level: number): Source {
  const kinds = SOURCE_KINDS.filter((kind) => source[kind] !== undefined);
  const [kind, second] = kinds;
  if (kind === undefined) throw new Wrong(place, `names no source: one of ${SOURCE_KINDS.join(", ")}`);
  if (second !== undefined)
    throw new Wrong([...place, second], `does not go with "${kind}"; "from" lists several`);
  const name = source[kind] ?? "";
  const pattern = patternOf(source.regex === undefined ? field : source, place);
  const label = `${kind}: ${name}`;
  if (kind === "css") {
    selector(name, [...place, "css"]);
    const attributes = typeof source.attribute === "string" ? [source.attribute] : (source.attribute ?? []);
    if (attributes.length > 0 && source.as !== undefined)
      throw new Wrong([...place, "as"], 'does not go with "attribute"');
    return {
      kind,
      label: attributes.length === 0 ? label : `${label} @${attributes.join(" @")}`,
      pattern,
      selector: name,
      attributes: attributes.map((attribute) => attribute.toLowerCase()),
      as: source.as ?? null,
      contains: source.contains?.toLowerCase() ?? null,
    };
  }
  for (const key of ["attribute", "as", "contains"] as const)
    if (source[key] !== undefined) throw new Wrong([...place, key], 'goes with "css" only');
  if (level > 1) throw new Wrong([...place, kind], "is the page's, not a row's: a row is read by css");
  if (kind === "jsonLd" || kind === "microdata" || kind === "json") {
    const path = parsePath(name, kind !== "json");
    if (!path.ok) throw new Wrong([...place, kind], path.error);
  }
  return { kind, label, pattern, name };
}

function selector(text: string, place: Place): void {
  const compiled = compileSelector(text);
  if (!compiled.ok) throw new Wrong(place, `"${text}": ${compiled.error}`);
}

function patternOf(source: WrittenSource, place: Place): Pattern | null {
  const { regex, flags = "", group = null } = source;
  if (regex === undefined) {
    for (const key of ["flags", "group"] as const)
      if (source[key] !== undefined) throw new Wrong([...place, key], 'goes with "regex" only');
    return null;
  }
  const compiled = compilePattern(regex, flags);
  if (!compiled.ok) throw new Wrong([...place, "regex"], `/${regex}/: ${compiled.error}`);
  const { groups, names } = compiled.value;
  if (typeof group === "string" ? !names.has(group) : group !== null && group > groups)
    throw new Wrong([...place, "group"], `the expression has no group ${group}`);
  return { source: regex, flags, group };
}
