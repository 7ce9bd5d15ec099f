// Reads fields of what the API answered, which is unknown until looked at. A field that is absent or of another type becomes the
// given default: a page shows what it understands. Knows no particular answer.

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const fields = (value: unknown): Fields => (isFields(value) ? value : {});

export const text = (of: Fields, name: string): string | null => {
  const value = of[name];
  return typeof value === "string" && value !== "" ? value : null;
};

export const number = (of: Fields, name: string): number | null => {
  const value = of[name];
  return typeof value === "number" && Number.isFinite(value) ? value : null;
};

export const flag = (of: Fields, name: string): boolean => of[name] === true;

/** An instant as milliseconds since 1970; the API writes ISO 8601, some counters milliseconds. */
export function instant(of: Fields, name: string): number | null {
  const value = of[name];
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "string") return null;
  const parsed = Date.parse(value);
  return Number.isNaN(parsed) ? null : parsed;
}

/** The elements of a list that are objects. */
export function list(of: Fields, name: string): Fields[] {
  const value = of[name];
  return Array.isArray(value) ? value.filter(isFields) : [];
}

export function texts(of: Fields, name: string): string[] {
  const value = of[name];
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === "string") : [];
}

/** A name's numbers: `{ fast: 12, rich: 3 }`. */
export function numbers(of: Fields, name: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [key, value] of Object.entries(fields(of[name]))) {
    if (typeof value === "number" && Number.isFinite(value)) found.set(key, value);
  }
  return found;
}
