// What a declared schema found on a page: typed values, and for each which of its sources gave it. Knows neither schema nor page.
import type { JsonValue } from "./document.ts";

export interface DeclaredFields {
  /**
   * By field: text, number, boolean, URL or ISO 8601 as text, `{"amount","currency"}` for a price, a list, or rows (objects by field).
   * Null where no source gave a value; every declared field is there.
   */
  readonly values: { readonly [field: string]: JsonValue };
  /** The source that gave the value, as declared ("jsonLd: Product.name"); a row's field ("offers[].seller") by the first row that has it. */
  readonly sources: { readonly [field: string]: string | null };
  /** Required fields without a value: "price", "offers[2].seller". */
  readonly missing: readonly string[];
  /** Where something was found that is not of the field's type, or was too much to look at. */
  readonly problems: readonly { readonly field: string; readonly message: string }[];
}
