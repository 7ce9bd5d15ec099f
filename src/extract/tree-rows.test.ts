// What the rows of a tree say of texts in pieces, of tags given several times, of depth, of heads and of many attributes: as the standard's
// parser where it decides, else as defined here.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parse as oracle } from "parse5";
import { marksOf, marksOfRare } from "./attribute-marks.ts";
import { kindsOf } from "./element-kinds.ts";
import { isUsual } from "./names.ts";
import { extractOptionsSchema } from "./options.ts";
import { withPageNodes } from "./page-nodes.ts";
import { type ParseLimits, parseHtml } from "./parse.ts";
import type { Element, Node, Tree } from "./tree.ts";

const options = extractOptionsSchema.parse({});
const FLAVOUR = { xhtml: false };
const BLANK = /^[\t\n\f\r \u00a0]*$/;

/** The page as its rows stand in place, and as a copy of them: both say the same. */
function bothWays(html: string, limits: ParseLimits, look: (tree: Tree) => void): void {
  withPageNodes(() => look(parseHtml(html, limits, FLAVOUR)));
  look(parseHtml(html, limits, FLAVOUR));
}

/** Checks on its way what must be true of every node. */
function ours(node: Node): string {
  if (node.kind === 3) {
    const { length, blank, data } = node;
    assert.equal(length, data.length);
    assert.equal(blank, BLANK.test(data));
    return JSON.stringify(data);
  }
  const { attributes } = node;
  const names = attributes.filter((_, at) => at % 2 === 0);
  assert.equal(
    node.marks,
    names.reduce((marks, name) => marks | (isUsual(name) ? marksOf(name) : marksOfRare(name)), 0),
  );
  assert.equal(node.kinds, kindsOf(node.name));
  return `<${node.name} ${JSON.stringify(attributes)}>${node.children.map(ours).join("")}</>`;
}

interface OracleNode {
  readonly nodeName: string;
  readonly value?: string;
  readonly attrs?: readonly { readonly name: string; readonly value: string }[];
  readonly childNodes?: readonly OracleNode[];
}

/** Texts with nothing but comments between them are one. */
function theirs(node: OracleNode): string {
  const attributes = (node.attrs ?? []).flatMap(({ name, value }) => [name, value]);
  let inside = "";
  let text = "";
  for (const child of node.childNodes ?? []) {
    if (child.nodeName === "#comment") continue;
    if (child.nodeName === "#text") {
      text += child.value ?? "";
      continue;
    }
    inside += (text === "" ? "" : JSON.stringify(text)) + theirs(child);
    text = "";
  }
  inside += text === "" ? "" : JSON.stringify(text);
  return `<${node.nodeName} ${JSON.stringify(attributes)}>${inside}</>`;
}

function theirTree(html: string): string {
  const document = oracle(html) as unknown as OracleNode;
  const found = document.childNodes?.find(({ nodeName }) => nodeName === "html");
  assert.ok(found !== undefined);
  return theirs(found);
}

function asTheStandard(html: string): void {
  const expected = theirTree(html);
  bothWays(html, options, ({ html: root }) => assert.equal(ours(root), expected, html));
}

test("texts parted by what is no node are one, whatever their pieces are", () => {
  const piece = fc.constantFrom(
    ..."a|b c| |\n|\r\n|\r|\t|\u00a0|&nbsp;|&#32;|&#10;|&amp;|&am|p;|&notit;|&#x1F600;|\u{1f600}|é|\u2003|,|Some words of more than sixteen bytes. ".split(
      "|",
    ),
    ..."<!-- -->|<!---->|<?php ?>|</>|</ >|<!x>|<![CDATA[x]]>|</unknown>|<|<>".split("|"),
  );
  const element = fc.constantFrom(
    "<span>",
    "</span>",
    "<br>",
    "<x-own a=1>",
    "</x-own>",
    "<svg><![CDATA[ & x]]>y<!-- --><![CDATA[&amp;]]></svg>",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof({ arbitrary: piece, weight: 8 }, element), { maxLength: 24 }), (pieces) => {
      asTheStandard(`<head></head><body><div>|${pieces.join("")}`);
    }),
    { numRuns: 1_500 },
  );
});

test("pieces of raw text, of references and of markup in one parent are one text each", () => {
  for (const html of [
    "<body>a<!-- -->b",
    "<body>a<!-- -->&nbsp;<!-- -->b",
    "<body> <!-- -->&nbsp;<!-- --> ",
    "<body>&nbsp;",
    "<body><p>a<!-- --></p>b<!-- -->c",
    "<body><textarea>\n\n&amp;<!-- --></textarea>x<!-- -->y<title>t&amp;<!-- --></title>",
    "<body><style>a&amp;<!-- --></style>",
    "<body><b>x<!-- -->y<p>z</b>w<!-- -->v</p>",
  ])
    asTheStandard(html);
});

test("html and body bear the attributes of all their tags, the first of each name", () => {
  const attributes = fc
    .array(
      fc.constantFrom(
        "class=a",
        "class=b",
        "ID=c",
        "id=d",
        "lang=e",
        "x-own=f",
        "X-OWN=g",
        "x-other='h i'",
        "data-id=j",
        "onload=k",
        "hidden",
        "style",
      ),
      { maxLength: 5 },
    )
    .map((list) => list.map((one) => ` ${one}`).join(""));
  const tag = fc.tuple(
    fc.constantFrom("html", "body", "BODY", "div", "x-own", "Html"),
    attributes,
    fc.constantFrom("", "x"),
  );
  fc.assert(
    fc.property(fc.array(tag, { maxLength: 8 }), fc.boolean(), (tags, isShort) => {
      const html = tags.map(([name, bears, text]) => `<${name}${bears}>${text}`).join("");
      asTheStandard(`<html><head></head><body>${html}`);
      // As few as a tag may have: those that come first.
      const most = isShort ? 3 : 8;
      const expected = new Map<string, string>();
      for (const [name, bears] of tags) {
        if (name.toLowerCase() !== "body") continue;
        const own = new Map<string, string>();
        for (const one of bears.split(/ (?=[a-zA-Z])(?!i')/).filter((part) => part !== "")) {
          const [key = "", value = ""] = one.split("=");
          if (own.size < most && !own.has(key.toLowerCase()))
            own.set(key.toLowerCase(), value.replaceAll("'", ""));
        }
        for (const [key, value] of own)
          if (expected.size < most && !expected.has(key)) expected.set(key, value);
      }
      bothWays(html, { ...options, attributesMax: most }, ({ body }) =>
        assert.deepEqual(body.attributes, [...expected].flat()),
      );
    }),
    { numRuns: 500 },
  );
});

test("a tag's attributes up to the cap are the standard's, however many and however long their names", () => {
  const long = "n".repeat(255);
  const bears = [
    ...Array.from({ length: 100 }, (_, at) => `a${at}=${at} A${at}=twice`),
    ...Array.from({ length: 40 }, (_, at) => `data-x-${at} On${at}='&amp;${at}'`),
    `${long}x=1 ${long.toUpperCase()}X=2 ${long}y=3 é=4 É=5 "=6 class=7 CLASS=8`,
  ].join(" ");
  asTheStandard(`<head></head><body><p ${bears}>x</p><i ${bears}></i>`);
  const few = { ...options, attributesMax: 16 };
  bothWays(`<p ${bears}>`, few, ({ body }) => {
    const [p] = body.children;
    assert.ok(p?.kind === 1);
    assert.deepEqual(p.attributes, Array.from({ length: 16 }, (_, at) => [`a${at}`, `${at}`]).flat());
  });
  bothWays(`<p ${`${long}${"é".repeat(9)}`}1=2>`, options, ({ body }) => {
    const [p] = body.children;
    // Of a name as much as 256 bytes hold whole letters of.
    assert.ok(p?.kind === 1);
    assert.deepEqual(p.attributes, [long, "2"]);
  });
});

const DEPTH = 16;

/** Nested tags, each with its name, closed in their order; most of them deeper than the limit. */
const nested = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "div",
        "span",
        "section",
        "x-own",
        "y-own",
        "of-more-than-16-letters-a",
        "of-more-than-16-letters-b",
      ),
      fc.constantFrom("/", "x", "y "),
    ),
    { maxLength: 120, size: "max" },
  )
  .map((steps) => {
    const open: string[] = [];
    const tokens = steps.map((one) => {
      if (one.length < 3) return one === "/" ? (open.pop() ?? "") : one;
      open.push(`</${one}>`);
      return `<${one}>`;
    });
    return [...tokens, ...open.reverse()];
  });

/** The tree of such tags where none is deeper than the limit: what is deeper stands beside. */
function limited(tokens: readonly string[]): string {
  const open = ["body"];
  let beyond = 0;
  let out = "";
  let text = "";
  const say = (): void => {
    if (text !== "") out += JSON.stringify(text);
    text = "";
  };
  for (const token of tokens) {
    if (!token.startsWith("<")) text += token;
    else if (token.startsWith("</")) {
      if (beyond > 0) beyond--;
      else {
        say();
        open.pop();
        out += "</>";
      }
    } else {
      say();
      out += `<${token.slice(1, -1)} []>`;
      if (open.length >= DEPTH) {
        out += "</>";
        beyond++;
      } else open.push(token);
    }
  }
  say();
  return `<body []>${out}</>`;
}

function agree(tokens: readonly string[]): void {
  const expected = limited(tokens);
  bothWays(tokens.join(""), { ...options, depthMax: DEPTH }, ({ body }) =>
    assert.equal(ours(body), expected),
  );
}

test("elements deeper than the limit stand side by side, of usual and of other names", () => {
  fc.assert(
    fc.property(nested, (tokens) => {
      agree(tokens);
    }),
    { numRuns: 300 },
  );
  for (const name of ["div", "x-own"])
    for (const depth of [DEPTH - 2, DEPTH - 1, DEPTH, DEPTH + 1, 100])
      agree([
        ...Array.from({ length: depth }, () => `<${name}>`),
        "in",
        ...Array.from({ length: depth }, () => `</${name}>`),
        "out",
      ]);
});

test("the end tag of an element beyond the limit ends none above it, one of an element above ends that, and a page begins anew", () => {
  const limits = { ...options, depthMax: DEPTH };
  const deep = "<span>".repeat(DEPTH - 2);
  const cases: readonly (readonly [html: string, depthOfEnd: number])[] = [
    [`<x-own>${deep}<x-own></x-own>end`, DEPTH],
    [`<x-own>${deep}<x-own></x-own></x-own>end`, 1],
    [`<x-own>${deep}<y-own></x-own>end`, 1],
    [`<x-own>${deep}<y-own><i></y-own></y-own></i>end`, DEPTH],
    [`<i>${deep}<i>a</i></i>end`, 1],
    [`<own-component-of-a>${deep}<own-component-of-b></own-component-of-a>end`, 1],
    [`<own-component-of-a>${deep}<Own-Component-Of-B></own-component-OF-b>end`, DEPTH],
    // Beyond the head it begins anew.
    [`<noscript>${"<i>".repeat(DEPTH)}</noscript></head><i>a</i>end`, 1],
  ];
  const depthOfEnd = (element: Element, depth: number): number => {
    for (const child of element.children) {
      if (child.kind === 3) {
        if (child.data.includes("end")) return depth;
        continue;
      }
      const below = depthOfEnd(child, depth + 1);
      if (below > 0) return below;
    }
    return 0;
  };
  for (const [html, depth] of cases)
    bothWays(html, limits, ({ body }) => {
      assert.equal(depthOfEnd(body, 1), depth, html);
    });
});

test("the pieces of a text are as many as a page may have nodes, and the rest is left unread", () => {
  const limits = { ...options, nodesMax: 1_000 };
  bothWays("<p>first</p>".concat("a<!-- -->".repeat(5_000)), limits, ({ body, cut }) => {
    const [p, text] = body.children;
    assert.ok(cut && p?.kind === 1 && text?.kind === 3 && body.children.length === 2);
    // Two nodes are the paragraph and its text.
    assert.equal(text.data, "a".repeat(998));
  });
  bothWays("a<!-- -->".repeat(1_000), limits, ({ body, cut }) => {
    assert.ok(!cut && body.first?.kind === 3 && body.first.length === 1_000);
  });
});

/** White space, also as references, and marks of the byte order are no reason to leave the head; no-break spaces are. */
const heads: readonly (readonly [html: string, head: string, body: string])[] = [
  ["<head>&#32;<title>t</title>", '<head []><title []>"t"</></>', "<body []></>"],
  ["&#10;&#9;&#x20;<title>t</title>", '<head []><title []>"t"</></>', "<body []></>"],
  ["\ufeff<title>t</title>", '<head []><title []>"t"</></>', "<body []></>"],
  ["<head> \ufeff \n<title>t</title>", '<head []><title []>"t"</></>', "<body []></>"],
  ["<head>&#xfeff;&#32;<title>t</title>", '<head []><title []>"t"</></>', "<body []></>"],
  ["&nbsp;<title>t</title>", "<head []></>", '<body []>"\u00a0"<title []>"t"</></>'],
  ["\u00a0<title>t</title>", "<head []></>", '<body []>"\u00a0"<title []>"t"</></>'],
  ["<head> &nbsp;<title>t</title>", "<head []></>", '<body []>" \u00a0"<title []>"t"</></>'],
  ["\u000b<title>t</title>", "<head []></>", '<body []>"\\u000b"<title []>"t"</></>'],
  ["<title> &nbsp; </title>\ufeffx", '<head []><title []>" \u00a0 "</></>', '<body []>"\ufeffx"</>'],
  [
    "<noscript> &nbsp;\ufeff</noscript> <meta>",
    '<head []><noscript []>" \u00a0\ufeff"</><meta []></></>',
    "<body []></>",
  ],
  ["\ufefc<title>t</title>", "<head []></>", '<body []>"\ufefc"<title []>"t"</></>'],
  ["&#32", "<head []></>", "<body []></>"],
  ["&#", "<head []></>", '<body []>"&#"</>'],
];
for (const [html, head, body] of heads)
  test(`${JSON.stringify(html)} stands in the head as far as it may`, () =>
    bothWays(html, options, (tree) => assert.deepEqual([ours(tree.head), ours(tree.body)], [head, body])));
