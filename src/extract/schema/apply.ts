// A schema applied to one page: each field's sources in their order until one gives a value of the field's type, rows within rows, what is
// missing and what was no value. Never throws; its cost is bounded whatever schema and page are.
import type { DeclaredFields, JsonValue } from "../../model/index.ts";
import type { Element } from "../tree.ts";
import type { Pattern, RowsField, Schema, SchemaField, Source, ValueField } from "./declaration.ts";
import { cssValues, namedValues, type PageOfFields } from "./page-sources.ts";
import { firstMatch } from "./pattern.ts";
import { compilePattern, type PatternProgram } from "./pattern-program.ts";
import { type CompiledSelector, compileSelector } from "./selector.ts";
import { type Raw, typedValue } from "./typed-value.ts";

/** Steps of all expressions of one page together, some ten to a microsecond: a few seconds at the very most. */
const PATTERN_STEPS_MAX = 20_000_000;
const MISSING_MAX = 200;
const PROBLEMS_MAX = 20;
/** Values of all rows together. */
const ROW_VALUES_MAX = 100_000;

export function declaredFields(schema: Schema, page: PageOfFields): DeclaredFields {
  return new Application(schema, page).run();
}

/** What selectors and expressions compile to; made once for a schema, in each thread. */
interface Programs {
  readonly selectors: Map<string, CompiledSelector>;
  readonly patterns: Map<string, PatternProgram>;
}

/** By a schema's text: what comes to a thread is a copy each time. When there are more all are made again. */
const known = new Map<string, Programs>();
const KNOWN_MAX = 100;

function programsOf(schema: Schema): Programs {
  const key = JSON.stringify(schema);
  let programs = known.get(key);
  if (programs === undefined) {
    if (known.size >= KNOWN_MAX) known.clear();
    programs = { selectors: new Map(), patterns: new Map() };
    known.set(key, programs);
  }
  return programs;
}

class Application {
  readonly #schema: Schema;
  readonly #page: PageOfFields;
  readonly #programs: Programs;
  readonly #sources: { [field: string]: string | null } = {};
  readonly #missing: string[] = [];
  readonly #problems: { field: string; message: string }[] = [];
  #patternSteps = PATTERN_STEPS_MAX;
  #rowValues = ROW_VALUES_MAX;

  constructor(schema: Schema, page: PageOfFields) {
    this.#schema = schema;
    this.#page = page;
    this.#programs = programsOf(schema);
  }

  run(): DeclaredFields {
    const values = this.#valuesOf(this.#schema.fields, this.#page.elements?.root ?? null, "", "");
    if (this.#page.elements?.spent === true)
      this.#problem("", "the selectors cost more than a page's share; some were given up");
    if (this.#patternSteps < 0)
      this.#problem("", "the expressions cost more than a page's share; some were given up");
    return { values, sources: this.#sources, missing: this.#missing, problems: this.#problems };
  }

  /** `at` is where a value stands ("offers[2]."), `generally` the same for every row ("offers[]."). */
  #valuesOf(
    fields: readonly SchemaField[],
    scope: Element | null,
    at: string,
    generally: string,
  ): { [field: string]: JsonValue } {
    const values: { [field: string]: JsonValue } = {};
    for (const field of fields) {
      const name = generally + field.name;
      const [value, label] =
        field.kind === "rows"
          ? [this.#rows(field, scope, at, generally), `css: ${field.each}`]
          : this.#value(field, scope, at + field.name);
      const isThere = value !== null;
      if (isThere) this.#sources[name] ??= label;
      else this.#sources[name] ??= null;
      if (!isThere && field.required && this.#missing.length < MISSING_MAX)
        this.#missing.push(at + field.name);
      Object.defineProperty(values, field.name, {
        value,
        enumerable: true,
        writable: true,
        configurable: true,
      });
    }
    return values;
  }

  #rows(field: RowsField, scope: Element | null, at: string, generally: string): JsonValue {
    const { elements } = this.#page;
    if (elements === null || scope === null) return null;
    const rows: JsonValue[] = [];
    for (const element of elements.select(this.#selector(field.each), scope, field.max)) {
      if (this.#rowValues <= 0) {
        this.#problem(at + field.name, "more rows than are kept");
        break;
      }
      this.#rowValues -= field.fields.length;
      rows.push(
        this.#valuesOf(
          field.fields,
          element,
          `${at}${field.name}[${rows.length}].`,
          `${generally}${field.name}[].`,
        ),
      );
    }
    return rows.length === 0 ? null : rows;
  }

  #value(field: ValueField, scope: Element | null, at: string): [JsonValue, string | null] {
    for (const source of field.sources) {
      const values: JsonValue[] = [];
      let refused: Raw | null = null;
      for (const raw of this.#raws(source, field, scope)) {
        const value = typedValue(raw, field, {
          base: this.#page.base,
          language: this.#page.document.lang ?? "",
        });
        if (value === undefined) refused ??= raw;
        else if (!Array.isArray(value) || !field.all) values.push(value);
        else values.push(...(value as readonly JsonValue[]));
        if (values.length >= (field.all ? field.max : 1)) break;
      }
      if (refused !== null && values.length === 0 && field.type !== "text")
        this.#problem(
          at,
          `${source.label}: no ${field.type}: ${JSON.stringify(refused.value).slice(0, 100)}`,
        );
      const [first] = values;
      if (first !== undefined) return [field.all ? values.slice(0, field.max) : first, source.label];
    }
    return [field.type === "present" ? false : null, null];
  }

  #raws(source: Source, field: ValueField, scope: Element | null): Raw[] {
    const { elements } = this.#page;
    // Some more than are wanted: the first may be none of the type.
    const wanted = { type: field.type, max: field.all ? field.max : 20 };
    let raws: Raw[];
    if (source.kind !== "css") raws = namedValues(source, this.#page).slice(0, wanted.max);
    else if (elements === null || scope === null) raws = [];
    else raws = cssValues(source, this.#selector(source.selector), scope, this.#page, elements, wanted);
    const { pattern } = source;
    if (pattern === null) return raws;
    return raws.flatMap((raw) => {
      const { value } = raw;
      if (value === null || typeof value === "object") return [];
      const found = this.#matched(String(value), pattern);
      return found === null ? [] : [{ ...raw, value: found }];
    });
  }

  #matched(text: string, pattern: Pattern): string | null {
    const program = this.#pattern(pattern);
    if (program === null) return null;
    const match = firstMatch(program, text, () => --this.#patternSteps >= 0);
    if (match === null) return null;
    const { group } = pattern;
    const number =
      typeof group === "string" ? (program.names.get(group) ?? 0) : (group ?? (program.groups > 0 ? 1 : 0));
    return match.groups[number] ?? null;
  }

  #selector(text: string): CompiledSelector {
    let selector = this.#programs.selectors.get(text);
    if (selector === undefined) {
      const compiled = compileSelector(text);
      // A schema that was compiled holds no other; one made by hand selects nothing.
      selector = compiled.ok ? compiled.value : { matches: () => false, tag: null, beside: false };
      this.#programs.selectors.set(text, selector);
    }
    return selector;
  }

  #pattern({ source, flags }: Pattern): PatternProgram | null {
    const key = `${flags}/${source}`;
    const program = this.#programs.patterns.get(key);
    if (program !== undefined) return program;
    const compiled = compilePattern(source, flags);
    if (!compiled.ok) return null;
    this.#programs.patterns.set(key, compiled.value);
    return compiled.value;
  }

  #problem(field: string, message: string): void {
    if (this.#problems.length < PROBLEMS_MAX) this.#problems.push({ field, message });
  }
}
