// Code in a page: its text as it stands, and the language that highlighters leave in classes and attributes. Writes no Markdown itself.
import { attribute, type Element } from "./tree.ts";

const CODE = new Set(["code", "kbd", "samp", "tt"]);

/** Inline code; around a block of code it is none. */
export function isCode(element: Element): boolean {
  if (!CODE.has(element.name)) return false;
  for (let child = element.first; child !== null; child = child.next)
    if (child.kind === 1 && child.name === "pre") return false;
  return true;
}

/** Text as it stands, breaks as line ends. */
export function codeText(element: Element, skip: (element: Element) => boolean): string {
  let text = "";
  for (let child = element.first; child !== null; child = child.next) {
    if (child.kind === 3) text += child.data.replace(/\r\n?/g, "\n");
    else if (child.name === "br") text += "\n";
    else if (!skip(child))
      text +=
        codeText(child, skip) +
        (child.name === "div" || child.name === "p" || child.name === "tr" ? "\n" : "");
  }
  return text;
}

const LANGUAGE_CLASS =
  /(?:^|\s)(?:language-(?!\{)([^\s`]{1,40})|(?:(?:lang|highlight-source|highlight)-|brush:\s*|prettyprint lang-)([a-z][\w+#.-]{0,30}))/iu;

/** From the classes and attributes that highlighters leave on the block, on its code, or on the wrapper. */
export function codeLanguage(pre: Element): string {
  const code = pre.children.find((child): child is Element => child.kind === 1 && child.name === "code");
  for (const element of [code, pre, pre.parent]) {
    if (element === undefined || element === null) continue;
    const declared = attribute(element, "data-lang") ?? attribute(element, "data-language");
    if (declared !== null && /^[\w+#.-]{1,30}$/.test(declared)) return declared.toLowerCase();
    const match = LANGUAGE_CLASS.exec((attribute(element, "class") ?? "").slice(0, 300));
    const language = match?.[1] ?? match?.[2];
    if (language !== undefined && (element !== pre.parent || element.children.length <= 3))
      return language.toLowerCase();
  }
  return "";
}

/** A block of code between fences longer than any run of backticks inside; null for none, but in a whole document as it stands. */
export function codeBlock(pre: Element, skip: (element: Element) => boolean, whole: boolean): string | null {
  const given = codeText(pre, skip);
  const text = whole ? given.replace(/\n$/, "") : given.replace(/^\n|\s+$/g, "");
  if (!whole && text.trim() === "") return null;
  let longest = 2;
  for (const run of text.match(/`{3,}/g) ?? []) longest = Math.max(longest, run.length);
  const fence = "`".repeat(longest + 1);
  return `${fence}${codeLanguage(pre)}\n${text === "" ? "" : `${text}\n`}${fence}`;
}
