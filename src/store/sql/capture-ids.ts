// Captures' ids, many at once, into statements and out of their rows. Knows no table.
import { z } from "zod";
import type { SqlRow } from "./session.ts";

/** A list of ids as the first parameter, to be joined. */
export const ASKED = "(select value::uuid as capture_id from json_array_elements_text($1::json)) as asked";

/** That parameter. In the order of ids, so that two who ask for the same wait for each other and never in a circle. */
export const idList = (ids: Iterable<string>): string => JSON.stringify([...new Set(ids)].sort());

const idRow = z.object({ id: z.string() });

/** Of rows that select the id as text. */
export const idsIn = (rows: readonly SqlRow[] | undefined): Set<string> =>
  new Set((rows ?? []).map((row) => idRow.parse(row).id));
