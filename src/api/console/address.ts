// The console's own addresses, in the fragment of the URL (`#/scrape/ID?status=failed`), so that none of them is a path of the API.

export const PLACES = ["scrape", "schedules", "live", "pages", "letters", "jobs"] as const;
export type Place = (typeof PLACES)[number];

export interface Address {
  readonly place: Place;
  /** What is shown of it; null: its list. */
  readonly item: string | null;
  readonly query: Readonly<Record<string, string>>;
}

export function readAddress(fragment: string): Address {
  const [path = "", search = ""] = fragment.replace(/^#\/?/, "").split("?", 2);
  const [first = "", ...others] = path.split("/");
  const place = PLACES.find((known) => known === first) ?? "scrape";
  const item = others.join("/");
  return {
    place,
    item: item === "" ? null : decoded(item),
    query: Object.fromEntries(new URLSearchParams(search)),
  };
}

export function addressOf(
  place: Place,
  item: string | null = null,
  query: Record<string, string> = {},
): string {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== "")).toString();
  return `#/${place}${item === null ? "" : `/${encodeURIComponent(item)}`}${search === "" ? "" : `?${search}`}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
