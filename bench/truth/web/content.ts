// What the pages of a host say, from its plan: articles, lists, products, notes, of many lengths. Knows no markup.
import { story } from "../../../demo/prose.ts";
import type { Plan } from "./plan.ts";

export type Block =
  | { readonly kind: "p"; readonly text: string }
  | { readonly kind: "h2"; readonly text: string }
  | {
      readonly kind: "card" | "comment";
      readonly title: string;
      readonly text: string;
      readonly href: string;
    }
  | { readonly kind: "row"; readonly title: string; readonly text: string };

export interface PageData {
  readonly id: number;
  readonly kind: Kind;
  readonly title: string;
  readonly byline: string;
  readonly blocks: readonly Block[];
}

export interface Content extends PageData {
  /** What a page may show of itself before the rest is there. */
  readonly lead: PageData;
  readonly rest: readonly Block[];
  /** What stands beside it: what readers say, what else there is. */
  readonly extra: readonly Block[];
}

export type Kind = "article" | "list" | "product" | "note";

const PAGES = 4;
const KINDS: readonly [Kind, ...Kind[]] = ["article", "article", "article", "list", "product", "note"];

/** The pages of a host; `kinds` where the family has only some. */
export function contentsOf(plan: Plan, kinds: readonly [Kind, ...Kind[]] = KINDS): Content[] {
  const main = plan.chance.pick(kinds);
  return Array.from({ length: PAGES }, (_, at) =>
    contentOf(plan, 100 * plan.number + at, plan.chance.below(3) === 0 ? plan.chance.pick(kinds) : main),
  );
}

export function contentOf(plan: Plan, id: number, kind: Kind): Content {
  const { chance, lang } = plan;
  const told = (paragraphs: number, salt: number) => story(lang, 1_000 * id + salt, paragraphs);
  const { title, person } = told(1, 0);
  const blocks: Block[] = [];
  if (kind === "article") {
    const { paragraphs } = told(3 + chance.below(18), 1);
    for (const [at, text] of paragraphs.entries()) {
      if (at > 0 && at % 5 === 0) blocks.push({ kind: "h2", text: told(1, 100 + at).title });
      blocks.push({ kind: "p", text });
    }
  } else if (kind === "note") {
    for (const text of told(1 + chance.below(2), 1).paragraphs) blocks.push({ kind: "p", text });
  } else if (kind === "list") {
    for (let at = 0, cards = 8 + chance.below(22); at < cards; at++) {
      const card = told(1, 200 + at);
      blocks.push({
        kind: "card",
        title: card.title,
        text: firstOf(card.paragraphs),
        href: `/p/${id}-${at}`,
      });
    }
  } else {
    for (const text of told(1 + chance.below(3), 1).paragraphs) blocks.push({ kind: "p", text });
    for (let at = 0, rows = 6 + chance.below(10); at < rows; at++) {
      const row = told(1, 300 + at);
      blocks.push({ kind: "row", title: row.person, text: row.title });
    }
  }
  const extra = Array.from({ length: 2 + chance.below(8) }, (_, at): Block => {
    const said = told(1, 400 + at);
    return { kind: "comment", title: said.person, text: firstOf(said.paragraphs), href: `/u/${at}` };
  });
  const page = { id, kind, title, byline: person };
  const split = Math.max(1, Math.floor(blocks.length * (0.1 + chance.below(4) / 10)));
  return {
    ...page,
    blocks,
    lead: { ...page, blocks: blocks.slice(0, split) },
    rest: blocks.slice(split),
    extra,
  };
}

const firstOf = (paragraphs: readonly string[]): string => paragraphs[0] ?? "";
