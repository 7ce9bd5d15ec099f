// Where links stand is what a plain reading of the containers' names, classes, ids, roles and labels says, whether the scanner tells it or not.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CONTENT_PLACE, NAVIGATION_PLACE, PAGINATION_PLACE, placeIn } from "./link-place.ts";
import { extractOptionsSchema } from "./options.ts";
import { withPageNodes } from "./page-nodes.ts";
import { parseHtml } from "./parse.ts";
import { PARENT } from "./row-layout.ts";
import { PLACE_SHIFT } from "./scanner/scanner.ts";
import { elementsOf } from "./testing/any-page.ts";
import { attribute, type Element } from "./tree.ts";

const options = extractOptionsSchema.parse({});

const NAVIGATES = /(?:^|[\s_-])(?:navbar|menu|footer)(?:$|[\s_-])/i;
const PAGINATES = /(?:^|[\s_-])(?:pager|nav-links)(?:$|[\s_-])/i;

/** With the words that stand on the pages below. */
function slow(container: Element | null): number {
  if (container === null) return CONTENT_PLACE;
  const { name } = container;
  const naming = `${attribute(container, "class") ?? ""} ${attribute(container, "id") ?? ""}`;
  const says = (words: RegExp): boolean => naming.length < 500 && words.test(naming);
  const role = attribute(container, "role")?.toLowerCase() ?? "";
  if (says(PAGINATES)) return PAGINATION_PLACE;
  if (name === "nav" || name === "menu" || role === "navigation")
    return /paginat/i.test(attribute(container, "aria-label") ?? "") ? PAGINATION_PLACE : NAVIGATION_PLACE;
  if (["banner", "contentinfo", "menu", "menubar"].includes(role)) return NAVIGATION_PLACE;
  if ((name === "header" || name === "footer") && container.parent?.name === "body") return NAVIGATION_PLACE;
  if (name !== "body" && says(NAVIGATES)) return NAVIGATION_PLACE;
  return name === "main" || name === "article" ? CONTENT_PLACE : slow(container.parent);
}

const names = fc.constantFrom(
  ..."div div div section nav menu header footer main article ul p x-own span".split(" "),
);
const borne = fc.constantFrom(
  "",
  "",
  " class=a",
  " class='b menu'",
  " CLASS=Menu",
  " class=submenu",
  " class='a pager'",
  " id=footer",
  " id=x class=y",
  " id=nav-links class=menu",
  " class='a&#45;menu'",
  " class='é menu'",
  ` class='menu ${"x".repeat(130)}'`,
  ` class='menu ${"x".repeat(500)}'`,
  " role=navigation",
  " role=Banner",
  " role=presentation class=menu",
  " role=menubar id=pager",
  " aria-label=Pagination",
  " role=navigation aria-label='Paginated'",
);
const { page } = fc.letrec<{ page: string }>((tie) => ({
  page: fc.oneof(
    { maxDepth: 6 },
    fc.constant("<a href=/x>x</a>"),
    fc.constant("<a href=x>x</a>"),
    fc.tuple(names, borne, tie("page")).map(([name, what, inside]) => `<${name}${what}>${inside}</${name}>`),
    fc.tuple(tie("page"), tie("page")).map(([one, other]) => one + other),
  ),
}));

test("the place of every link is what a slow reading of what it stands in says", () => {
  let told = 0;
  fc.assert(
    fc.property(page, borne, (inside, body) => {
      withPageNodes(() => {
        const html = `<body${body}>${inside}`;
        const { body: top } = parseHtml(html, options, { xhtml: false });
        const { rows } = top;
        for (const link of elementsOf(top).filter(({ name }) => name === "a")) {
          const expected = slow(link.parent);
          const place = ((rows.scanner?.link(link.row) ?? 0) >> PLACE_SHIFT) & 3;
          if (place !== 0) assert.equal(place - 1, expected, html);
          assert.equal(placeIn(rows, rows.numbers[link.row + PARENT] ?? 0), expected, html);
          told += place === 0 ? 0 : 1;
        }
      });
    }),
    { numRuns: 3_000 },
  );
  assert.ok(told > 1_000);
});
