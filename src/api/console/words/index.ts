// The tables of words by language. A language without every word of the English table does not compile.
import type { Language } from "../format.ts";
import { en, type Words } from "./en.ts";
import { ko } from "./ko.ts";

export type { Words };
export const words: Readonly<Record<Language, Words>> = { en, ko };
