// The shape of a schema as it is written, and as the rest of the room reads it: names, limits and nothing of how a page is read.
import { z } from "zod";

export const FIELD_TYPES = [
  "text",
  "number",
  "integer",
  "price",
  "date",
  "url",
  "image",
  "boolean",
  "present",
  "list",
] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

export const SOURCE_KINDS = ["css", "jsonLd", "microdata", "openGraph", "meta", "json", "document"] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** What `document:` may name: what the extraction knows of a page without any schema. */
export const DOCUMENT_KEYS = [
  "url",
  "title",
  "description",
  "lang",
  "canonical",
  "author",
  "published_at",
  "modified_at",
  "site_name",
  "content_type",
  "text",
  "markdown",
] as const;
export type DocumentKey = (typeof DOCUMENT_KEYS)[number];

const path = z.string().min(1).max(500);
const text = z.string().min(1).max(500);

const sourceShape = {
  /** A CSS selector; the first element that gives a value, or all. */
  css: z.string().min(1).max(2_000).optional(),
  /** Attributes of it, the first there is. */
  attribute: z.union([text, z.array(text).min(1).max(10)]).optional(),
  /** What is taken of it where no attribute is named. Default: its text. */
  as: z.enum(["text", "html", "markdown"]).optional(),
  /** Only elements whose text holds this, case ignored. */
  contains: text.optional(),
  /** "Product.offers.price": a type, then properties; arrays are gone through. */
  jsonLd: path.optional(),
  microdata: path.optional(),
  /** A property ("og:image"). */
  openGraph: text.optional(),
  /** A meta element by name, property or itemprop. */
  meta: text.optional(),
  /** A path into a body that is JSON. */
  json: path.optional(),
  document: z.enum(DOCUMENT_KEYS).optional(),
  /** The part of the text that matches: its first group where it has one. */
  regex: z.string().min(1).max(1_000).optional(),
  flags: z.string().max(4).optional(),
  group: z.union([z.int().min(0).max(99), text]).optional(),
};

export const SOURCE_KEYS = Object.keys(sourceShape);
const sourceSchema = z.strictObject(sourceShape);
export type WrittenSource = z.output<typeof sourceSchema>;

/** A string stands for a selector. */
const shortly = (given: unknown): unknown => (typeof given === "string" ? { css: given } : given);

export interface WrittenField extends WrittenSource {
  readonly from?: readonly WrittenSource[] | undefined;
  readonly type?: FieldType | undefined;
  readonly all?: boolean | undefined;
  readonly required?: boolean | undefined;
  readonly decimal?: "." | "," | undefined;
  readonly currency?: string | undefined;
  readonly dateOrder?: "dmy" | "mdy" | undefined;
  readonly separator?: string | undefined;
  readonly max?: number | undefined;
  readonly each?: string | undefined;
  readonly fields?: { readonly [name: string]: WrittenField } | undefined;
}

const fieldShape = {
  ...sourceShape,
  /** Several sources, the first that gives a value wins. */
  from: z.array(z.preprocess(shortly, sourceSchema)).min(1).max(20).optional(),
  type: z.enum(FIELD_TYPES).optional(),
  /** Every value instead of the first. */
  all: z.boolean().optional(),
  required: z.boolean().optional(),
  /** The decimal sign of numbers and prices; told by the number itself where it is not given. */
  decimal: z.enum([".", ","]).optional(),
  /** The currency where the text names none, or only a sign of several ("$"). */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, "must be an ISO 4217 code, as EUR")
    .optional(),
  /** How 03/04/2026 is read; the page's language says it where this is not given. */
  dateOrder: z.enum(["dmy", "mdy"]).optional(),
  /** What parts a list's text; commas, semicolons, bars and line ends where it is not given. */
  separator: z.string().min(1).max(10).optional(),
  /** Most values of a list, or rows. */
  max: z.int().min(1).max(10_000).optional(),
  /** A CSS selector whose every match is a row of `fields`. */
  each: z.string().min(1).max(2_000).optional(),
};

export const FIELD_KEYS = [...Object.keys(fieldShape), "fields"];

const fieldSchema: z.ZodType<WrittenField> = z.lazy(() =>
  z.preprocess(shortly, z.strictObject({ ...fieldShape, fields: fieldsSchema.optional() })),
);
const fieldsSchema: z.ZodType<{ readonly [name: string]: WrittenField }> = z.record(
  z.string().regex(/^[\p{L}_][\p{L}\p{N}_-]{0,99}$/u, "a field's name is of letters, digits, _ and -"),
  fieldSchema,
);

export const writtenSchema = z.strictObject({ fields: fieldsSchema });
export const SCHEMA_KEYS = ["fields"];

// As it is read: plain data, so that it goes to a thread as it is.

export interface Pattern {
  readonly source: string;
  readonly flags: string;
  /** Number or name of the group that is taken; null: the first, or the whole where there is none. */
  readonly group: number | string | null;
}

export type Source = {
  /** As declared: "css: h1". */
  readonly label: string;
  readonly pattern: Pattern | null;
} & (
  | {
      readonly kind: "css";
      readonly selector: string;
      readonly attributes: readonly string[];
      readonly as: "text" | "html" | "markdown" | null;
      readonly contains: string | null;
    }
  | { readonly kind: Exclude<SourceKind, "css">; readonly name: string }
);

export interface ValueField {
  readonly kind: "value";
  readonly name: string;
  readonly sources: readonly Source[];
  readonly type: FieldType;
  readonly all: boolean;
  readonly required: boolean;
  readonly decimal: "." | "," | null;
  readonly currency: string | null;
  readonly dateOrder: "dmy" | "mdy" | null;
  readonly separator: string | null;
  readonly max: number;
}

export interface RowsField {
  readonly kind: "rows";
  readonly name: string;
  readonly each: string;
  readonly fields: readonly SchemaField[];
  readonly required: boolean;
  readonly max: number;
}

export type SchemaField = ValueField | RowsField;

export interface Schema {
  readonly fields: readonly SchemaField[];
}
