// Whether a selector can be one, before any page is there: CSS, and the forms of Playwright (`text=`, `role=`, `xpath=` …,
// chained by `>>`). What passes may still find nothing, or be refused by the browser for something rarer. Pure.
import { nearest } from "../base/index.ts";

/** playwright.dev/docs/other-locators. Its internal engines are not for people. */
const ENGINES = [
  "css",
  "text",
  "xpath",
  "role",
  "id",
  "data-testid",
  "data-test-id",
  "data-test",
  "nth",
  "visible",
];

/** WAI-ARIA 1.2, section 5.4, without abstract roles. */
const ROLES =
  "alert alertdialog application article banner blockquote button caption cell checkbox code columnheader combobox complementary contentinfo definition deletion dialog directory document emphasis feed figure form generic grid gridcell group heading img insertion link list listbox listitem log main marquee math menu menubar menuitem menuitemcheckbox menuitemradio meter navigation none note option paragraph presentation progressbar radio radiogroup region row rowgroup rowheader scrollbar search searchbox separator slider spinbutton status strong subscript superscript switch tab table tablist tabpanel term textbox time timer toolbar tooltip tree treegrid treeitem".split(
    " ",
  );
const ROLE_STATES = [
  "checked",
  "disabled",
  "expanded",
  "include-hidden",
  "level",
  "name",
  "pressed",
  "selected",
];

const CLOSERS: Readonly<Record<string, string>> = { "(": ")", "[": "]" };

/** What is wrong with it and what to do; null when nothing is seen to be. */
export function selectorFault(selector: string): string | null {
  for (const part of chain(selector)) {
    const fault = part === null ? "a quote is not closed" : partFault(part.trim().replace(/^\*/, ""));
    if (fault !== null) return fault;
  }
  return null;
}

function partFault(part: string): string | null {
  if (part === "") return "a part is empty: nothing stands before or behind >>";
  const engine = /^([\w:+-]+)\s*=\s*([\s\S]*)$/.exec(part);
  if (engine !== null) return engineFault(engine[1] ?? "", engine[2] ?? "");
  if (/^(["']).*\1$/s.test(part)) return part.length > 2 ? null : "the text is empty";
  if (/^\(*(\/\/|\.\.)/.test(part)) return balanceFault(part);
  return cssFault(part);
}

function engineFault(engine: string, body: string): string | null {
  if (!ENGINES.includes(engine)) {
    const near = nearest(engine, ENGINES);
    const hint = near === null ? `known are ${ENGINES.join(", ")}` : `did you mean ${near}=?`;
    return `${engine}= is no selector engine; ${hint} (an attribute is written [${engine}=…])`;
  }
  if (body.trim() === "") return `${engine}= says nothing`;
  if (engine === "nth") return /^-?\d+$/.test(body.trim()) ? null : "nth= wants a whole number";
  if (engine === "visible") return /^(true|false)$/.test(body.trim()) ? null : "visible= wants true or false";
  if (engine === "css") return cssFault(body.trim());
  if (engine === "role") return roleFault(body.trim());
  return engine === "xpath" ? balanceFault(body) : null;
}

function roleFault(body: string): string | null {
  const [, role = "", states = ""] = /^([\w-]*)\s*([\s\S]*)$/.exec(body) ?? [];
  if (!ROLES.includes(role)) {
    const near = nearest(role, ROLES);
    return `${JSON.stringify(role)} is no ARIA role${near === null ? "" : `; did you mean ${near}?`}`;
  }
  const unbalanced = balanceFault(states);
  if (unbalanced !== null) return unbalanced;
  for (const [, state = ""] of withoutQuotes(states).matchAll(/\[\s*([\w-]+)/g))
    if (!ROLE_STATES.includes(state)) return `role= knows no [${state}]; known are ${ROLE_STATES.join(", ")}`;
  return /^\s*(\[[^[\]]*\]\s*)*$/.test(withoutQuotes(states))
    ? null
    : 'behind a role stand attributes alone: role=button[name="Accept"]';
}

function cssFault(css: string): string | null {
  const unbalanced = balanceFault(css);
  if (unbalanced !== null) return unbalanced;
  const bare = withoutQuotes(css);
  if (/^\s*[>+~,]/.test(bare)) return "it begins with a combinator";
  if (/[>+~,]\s*$/.test(bare)) return "it ends with a combinator";
  if (/,\s*,/.test(bare)) return "between two commas stands nothing";
  if (/\[\s*\]/.test(bare)) return "[] names no attribute";
  const outside = bare.replace(/\[[^\]]*\]/g, "[]").replace(/\\./g, "x");
  const lonely = /[.#:](?![\w\-:\u0080-\uffff])/.exec(outside);
  if (lonely !== null && !/\d/.test(outside[lonely.index - 1] ?? ""))
    return `behind ${lonely[0]} stands no name`;
  const digit = /[.#]\d/.exec(outside.replace(/\([^)]*\)/g, "()"));
  return digit === null
    ? null
    : `a name cannot begin with a digit: ${digit[0]}; write [id="…"] or [class~="…"]`;
}

function balanceFault(text: string): string | null {
  const open: string[] = [];
  for (const char of withoutQuotes(text).replace(/\\./g, "")) {
    const closer = CLOSERS[char];
    if (closer !== undefined) open.push(closer);
    else if ((char === ")" || char === "]") && open.pop() !== char) return `${char} closes nothing`;
    else if (char === '"' || char === "'") return "a quote is not closed";
  }
  const missing = open.pop();
  return missing === undefined ? null : `${missing} is missing`;
}

/** Each quoted text becomes one character. */
const withoutQuotes = (text: string): string => text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, "q");

/** Split at `>>` outside quotes; null in the place of a part whose quote is open. `text=don't` has none. */
function* chain(selector: string): Generator<string | null> {
  let part = "";
  let quote = "";
  for (let at = 0; at < selector.length; at++) {
    const char = selector[at] ?? "";
    if (char === "\\") {
      part += char + (selector[++at] ?? "");
      continue;
    }
    if (quote === "" && selector.startsWith(">>", at)) {
      yield part;
      part = "";
      at++;
      continue;
    }
    if (quote !== "") quote = char === quote ? "" : quote;
    else if (/["']/.test(char) && !/^\s*text\s*=\s*[^"'\s]/.test(`${part}${char}`)) quote = char;
    part += char;
  }
  yield quote === "" ? part : null;
}
