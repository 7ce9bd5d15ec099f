// CSS selectors over the light tree: css-what reads them, here they become one test an element, right to left. Every step is counted, so
// that no selector costs more of a page than its share. Knows no fields.
import { AttributeAction, parse, SelectorType, type Selector as Token } from "css-what";
import { err, nearest, ok, type Result } from "../../base/index.ts";
import { attribute, type Element } from "../tree.ts";
import { nthTest } from "./nth.ts";
import type { PageElements } from "./page-elements.ts";

/** Longer ones are no selectors people write. */
const SELECTOR_CHARS_MAX = 2_000;

export interface MatchContext {
  readonly page: PageElements;
  /** What `:scope` and a leading combinator stand for. */
  readonly scope: Element;
}

type Test = (element: Element, context: MatchContext) => boolean;

export interface CompiledSelector {
  /** Whether the element is one of those the selector names. */
  readonly matches: Test;
  /** A tag name that every match has, where there is one: fewer elements need be looked at. */
  readonly tag: string | null;
  /** Begins with "+" or "~": what matches lies beside the scope, not below it. */
  readonly beside: boolean;
}

const LISTS = ["not", "is", "where", "matches", "has"];
const PLAIN = ["first-child", "last-child", "only-child", "first-of-type", "last-of-type", "only-of-type"];
const NTH = ["nth-child", "nth-last-child", "nth-of-type", "nth-last-of-type"];
const OTHER = ["empty", "root", "scope"];

/** The error says what is wrong and what is known instead. */
export function compileSelector(text: string): Result<CompiledSelector, string> {
  if (text.length > SELECTOR_CHARS_MAX)
    return err(`a selector of more than ${SELECTOR_CHARS_MAX} characters`);
  let lists: Token[][];
  try {
    lists = parse(text);
  } catch (thrown) {
    return err(thrown instanceof Error ? thrown.message : "no selector");
  }
  if (lists.length === 0) return err("an empty selector");
  try {
    const matches = anyOf(lists.map((tokens) => complex(tokens, false)));
    const tags = new Set(lists.map(tagOf));
    const [tag = null] = tags;
    return ok({ matches, tag: tags.size === 1 ? tag : null, beside: lists.some(isBeside) });
  } catch (thrown) {
    if (thrown instanceof SelectorProblem) return err(thrown.message);
    throw thrown;
  }
}

class SelectorProblem extends Error {}

function anyOf(tests: readonly Test[]): Test {
  const [only] = tests;
  if (only !== undefined && tests.length === 1) return only;
  return (element, context) => tests.some((test) => test(element, context));
}

function isCombinator(token: Token): boolean {
  return (
    token.type === SelectorType.Descendant ||
    token.type === SelectorType.Child ||
    token.type === SelectorType.Adjacent ||
    token.type === SelectorType.Sibling ||
    token.type === SelectorType.Parent ||
    token.type === SelectorType.ColumnCombinator
  );
}

function isBeside([first]: readonly Token[]): boolean {
  return first?.type === SelectorType.Adjacent || first?.type === SelectorType.Sibling;
}

/** Tag name of the last compound. */
function tagOf(tokens: readonly Token[]): string | null {
  for (let at = tokens.length - 1; at >= 0; at--) {
    const token = tokens[at];
    if (token === undefined || isCombinator(token)) return null;
    if (token.type === SelectorType.Tag) return fullName(token.name, token.namespace);
  }
  return null;
}

/** As the tree has it: `dc|creator` is "dc:creator". */
function fullName(name: string, namespace: string | null): string {
  return (
    namespace === null || namespace === "*" || namespace === "" ? name : `${namespace}:${name}`
  ).toLowerCase();
}

/** One selector without commas. Inside `:has` one that begins with no combinator means what is below. */
function complex(tokens: readonly Token[], inHas: boolean): Test {
  let before: Test | null = null;
  let combinator: SelectorType | null = null;
  let at = 0;
  const [first] = tokens;
  if (first !== undefined && isCombinator(first)) {
    before = (element, { scope }) => element === scope;
    combinator = first.type;
    at = 1;
  } else if (inHas) {
    before = (element, { scope }) => element === scope;
    combinator = SelectorType.Descendant;
  }
  while (at < tokens.length) {
    const simple: Test[] = [];
    for (; at < tokens.length; at++) {
      const token = tokens[at];
      if (token === undefined || isCombinator(token)) break;
      const test = simpleTest(token);
      if (test !== null) simple.push(test);
    }
    const compound = allOf(simple);
    before = before === null || combinator === null ? compound : combined(before, combinator, compound);
    const next = tokens[at++];
    if (next !== undefined) {
      combinator = next.type;
      if (at >= tokens.length) throw new SelectorProblem("nothing stands behind the last combinator");
    }
  }
  if (before === null) throw new SelectorProblem("an empty selector");
  return before;
}

function allOf(tests: readonly Test[]): Test {
  const [only] = tests;
  if (only !== undefined && tests.length === 1) return counted(only);
  return counted((element, context) => tests.every((test) => test(element, context)));
}

function counted(test: Test): Test {
  return (element, context) => context.page.step() && test(element, context);
}

function combined(before: Test, combinator: SelectorType, compound: Test): Test {
  switch (combinator) {
    case SelectorType.Child:
      return (element, context) =>
        compound(element, context) && element.parent !== null && before(element.parent, context);
    case SelectorType.Descendant:
      return (element, context) => {
        if (!compound(element, context)) return false;
        for (let above = element.parent; above !== null; above = above.parent) {
          if (before(above, context)) return true;
          if (!context.page.step()) return false;
        }
        return false;
      };
    case SelectorType.Adjacent:
      return (element, context) => {
        if (!compound(element, context)) return false;
        const previous = context.page.sibling(element, -1);
        return previous !== null && before(previous, context);
      };
    case SelectorType.Sibling:
      return (element, context) => {
        if (!compound(element, context)) return false;
        for (let other = context.page.sibling(element, -1); other !== null; ) {
          if (before(other, context)) return true;
          if (!context.page.step()) return false;
          other = context.page.sibling(other, -1);
        }
        return false;
      };
    default:
      throw new SelectorProblem("only the combinators ' ', '>', '+' and '~' are known");
  }
}

/** Null for what every element is. */
function simpleTest(token: Token): Test | null {
  switch (token.type) {
    case SelectorType.Universal:
      return null;
    case SelectorType.Tag: {
      const name = fullName(token.name, token.namespace);
      return (element) => element.name === name;
    }
    case SelectorType.Attribute: {
      const { value } = token;
      const ignoreCase = token.ignoreCase === true;
      return attributeTest(
        token.name.toLowerCase(),
        token.action,
        ignoreCase ? value.toLowerCase() : value,
        ignoreCase,
      );
    }
    case SelectorType.Pseudo:
      return pseudoTest(token.name, token.data);
    case SelectorType.PseudoElement:
      throw new SelectorProblem(
        `::${token.name} names no element of the page (attribute: and as: say what is taken)`,
      );
    default:
      throw new SelectorProblem("a combinator where none may stand");
  }
}

function attributeTest(name: string, action: AttributeAction, value: string, ignoreCase: boolean): Test {
  const of = (element: Element): string | null => {
    const found = attribute(element, name);
    return found !== null && ignoreCase ? found.toLowerCase() : found;
  };
  switch (action) {
    case AttributeAction.Exists:
      return (element) => attribute(element, name) !== null;
    case AttributeAction.Equals:
      return (element) => of(element) === value;
    case AttributeAction.Not:
      return (element) => of(element) !== value;
    case AttributeAction.Start:
      return (element) => value !== "" && of(element)?.startsWith(value) === true;
    case AttributeAction.End:
      return (element) => value !== "" && of(element)?.endsWith(value) === true;
    case AttributeAction.Any:
      return (element) => value !== "" && of(element)?.includes(value) === true;
    case AttributeAction.Hyphen:
      return (element) => {
        const found = of(element);
        return found !== null && (found === value || found.startsWith(`${value}-`));
      };
    case AttributeAction.Element:
      return (element) => holdsWord(of(element), value);
  }
}

function holdsWord(list: string | null, word: string): boolean {
  if (list === null || word === "") return false;
  for (let at = list.indexOf(word); at !== -1; at = list.indexOf(word, at + 1)) {
    if (isBlankAt(list, at - 1) && isBlankAt(list, at + word.length)) return true;
  }
  return false;
}

/** Also before the beginning and behind the end. */
function isBlankAt(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return Number.isNaN(unit) || unit === 32 || (unit >= 9 && unit <= 13);
}

function pseudoTest(name: string, data: Token[][] | string | null): Test {
  if (LISTS.includes(name)) {
    if (!Array.isArray(data) || data.length === 0) throw new SelectorProblem(`:${name}() holds no selector`);
    if (name === "has") return hasTest(data);
    const inner = anyOf(data.map((tokens) => complex(tokens, false)));
    return name === "not" ? (element, context) => !inner(element, context) : inner;
  }
  if (NTH.includes(name)) {
    const nth = nthTest(typeof data === "string" ? data : "");
    if (nth === null)
      throw new SelectorProblem(`:${name}(${String(data ?? "")}): known are 2, 2n+1, odd and even`);
    return (element, { page }) =>
      nth(page.place(element, name.endsWith("of-type"), name.startsWith("nth-last")));
  }
  if (PLAIN.includes(name)) {
    const ofType = name.endsWith("of-type");
    const fromEnd = name.startsWith("last");
    if (name.startsWith("only"))
      return (element, { page }) =>
        page.place(element, ofType, false) === 1 && page.place(element, ofType, true) === 1;
    return (element, { page }) => page.place(element, ofType, fromEnd) === 1;
  }
  if (name === "root") return (element) => element.name === "html" && element.parent === null;
  if (name === "scope") return (element, { scope }) => element === scope;
  if (name === "empty")
    return (element) => element.children.every((child) => child.kind === 3 && child.data === "");
  const known = [...LISTS, ...NTH, ...PLAIN, ...OTHER];
  const meant = nearest(name, known);
  if (name === "contains" || name === "icontains")
    throw new SelectorProblem(`:${name}() is not known; the field's key "contains" says it`);
  const hint =
    meant === null ? `known are ${known.map((one) => `:${one}`).join(" ")}` : `meant is perhaps :${meant}`;
  throw new SelectorProblem(`:${name} is not known; ${hint}`);
}

function hasTest(lists: Token[][]): Test {
  const inner = lists.map((tokens) => ({
    test: complex(tokens, true),
    beside: isBeside(tokens),
  }));
  return (element, { page }) => {
    const context: MatchContext = { page, scope: element };
    return inner.some(({ test, beside }) => {
      if (!beside) return page.someBelow(element, (below) => test(below, context));
      for (let other = page.sibling(element, 1); other !== null; other = page.sibling(other, 1)) {
        if (test(other, context) || page.someBelow(other, (below) => test(below, context))) return true;
        if (!page.step()) return false;
      }
      return false;
    });
  };
}
