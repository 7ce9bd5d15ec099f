// Whether Markdown means what the page's HTML meant: the page is extracted whole, its Markdown rendered by an independent parser, and both
// trees compared by an independent HTML parser. Knows what of HTML is no difference (white space between blocks, how an address is
// written); knows no rule of the writer.
import { createRequire } from "node:module";
import { Marked } from "marked";
import { type DefaultTreeAdapterTypes, parseFragment } from "parse5";
import { extract, extractOptionsSchema } from "../src/extract/index.ts";

type Node = DefaultTreeAdapterTypes.ChildNode;

const require = createRequire(import.meta.url);
const BASE = "https://site.example/dir/page.html";
const options = extractOptionsSchema.parse({ full: true, html: false });
const renderer = new Marked({ gfm: true, tokenizer: { url: () => undefined } });

const BLOCKS = new Set(
  "p h1 h2 h3 h4 h5 h6 blockquote pre ul ol li hr table thead tbody tr th td section div".split(" "),
);
/** Attributes that mean something to a reader, and those of them that are addresses. */
const KEPT = new Set(["href", "src", "title", "alt", "start", "type", "checked", "align"]);
const ADDRESSES = new Set(["href", "src"]);
/** The language of code stands in a class. */
const LANGUAGE = /(?:^|\s)language-\S+/;

export function markdownOf(html: string): string {
  const result = extract(
    {
      url: BASE,
      body: new TextEncoder().encode(html),
      headers: [["content-type", "text/html; charset=utf-8"]],
      truncated: false,
    },
    options,
    [],
  );
  if (!result.ok) throw new Error(result.error.message);
  return result.value.markdown;
}

export const rendered = (markdown: string): string => renderer.parse(markdown, { async: false });

/** One line an element or text, indented by depth: what two renderings are compared by, and what a difference is shown in. */
export function structureOf(html: string): string {
  const lines: string[] = [];
  write(parseFragment(html).childNodes, 0, lines);
  return lines.join("\n");
}

function write(nodes: readonly Node[], depth: number, lines: string[]): void {
  const pad = "  ".repeat(depth);
  let text = "";
  const flush = (): void => {
    if (text !== "") lines.push(pad + JSON.stringify(text));
    text = "";
  };
  for (const [at, node] of nodes.entries()) {
    if (node.nodeName === "#text") {
      let value = (node as DefaultTreeAdapterTypes.TextNode).value;
      if (!inCode(node)) {
        value = value.replace(/[ \n\t\r\f]+/g, " ");
        if (breaksLine(nodes[at - 1]) || (at === 0 && isBlock(node.parentNode))) value = value.trimStart();
        if (breaksLine(nodes[at + 1]) || (at === nodes.length - 1 && isBlock(node.parentNode)))
          value = value.trimEnd();
      }
      text += value;
      continue;
    }
    if (!("tagName" in node)) continue;
    flush();
    lines.push(`${pad}<${node.tagName}${attributesOf(node)}>`);
    write(node.childNodes, depth + 1, lines);
  }
  flush();
}

function breaksLine(node: Node | undefined): boolean {
  return node !== undefined && "tagName" in node && (BLOCKS.has(node.tagName) || node.tagName === "br");
}

function isBlock(node: DefaultTreeAdapterTypes.ParentNode | null): boolean {
  return node === null || !("tagName" in node) || BLOCKS.has(node.tagName);
}

function inCode(node: Node): boolean {
  for (let at: DefaultTreeAdapterTypes.ParentNode | null = node.parentNode; at !== null; ) {
    if (!("tagName" in at)) return false;
    if (at.tagName === "pre") return true;
    at = at.parentNode;
  }
  return false;
}

function attributesOf(element: DefaultTreeAdapterTypes.Element): string {
  const kept: string[] = [];
  for (const { name, value } of element.attrs) {
    if (KEPT.has(name) && !(name === "alt" && value === "")) {
      // An address is what it leads to.
      const meant = ADDRESSES.has(name) ? (URL.parse(value, BASE)?.href ?? value) : value;
      kept.push(`${name}=${JSON.stringify(meant)}`);
    } else if (name === "class" && element.tagName === "code") {
      const language = LANGUAGE.exec(value);
      if (language !== null) kept.push(language[0].trim());
    }
  }
  return kept.length === 0 ? "" : ` ${kept.sort().join(" ")}`;
}

export interface Example {
  readonly number: number;
  readonly section: string;
  readonly markdown: string;
  readonly html: string;
}

/** The examples of the CommonMark specification. */
export function commonmarkExamples(): Example[] {
  const spec = require("commonmark-spec") as {
    tests: readonly Omit<Example, "number">[];
  };
  return spec.tests.map((test, at) => ({
    ...test,
    number: at + 1,
    markdown: test.markdown.replaceAll("→", "\t"),
    html: test.html.replaceAll("→", "\t"),
  }));
}

/** Raw HTML is handed through to the page: what of it Markdown has no sign for cannot come back. */
const RAW_SECTIONS: ReadonlySet<string> = new Set(["HTML blocks", "Raw HTML"]);
/** The same in examples of other sections: a tag that nothing closes takes the rest of the page into itself. */
const RAW_EXAMPLES: ReadonlyMap<number, string> = new Map([
  [21, "a raw open tag of a link that nothing closes"],
  [31, "a raw open tag of a link that nothing closes"],
  [344, "a raw open tag of a link that nothing closes"],
  [476, "a raw open tag of a link that nothing closes"],
  [477, "a raw open tag of a link that nothing closes"],
]);

/** Why an example is left out of the measure, or null. */
export function leftOut({ number, section }: Example): string | null {
  if (RAW_SECTIONS.has(section)) return "raw HTML";
  return RAW_EXAMPLES.get(number) ?? null;
}

export interface RoundTrips {
  readonly same: number;
  /** Numbers of the examples that come back as something else. */
  readonly others: readonly number[];
  readonly leftOut: number;
}

export function commonmarkRoundTrips(): RoundTrips {
  const examples = commonmarkExamples();
  const measured = examples.filter((example) => leftOut(example) === null);
  const others = measured.filter(({ html }) => structureOf(rendered(markdownOf(html))) !== structureOf(html));
  return {
    same: measured.length - others.length,
    others: others.map(({ number }) => number),
    leftOut: examples.length - measured.length,
  };
}
