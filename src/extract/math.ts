// Formulas as TeX, where a page carries it beside what it shows: MathML's annotation (KaTeX, Wikipedia, MathJax), the scripts of MathJax 2,
// the text of Wikipedia's pictures. Reads no formula and writes none.
import { CLASS } from "./attribute-marks.ts";
import { attribute, type Element, find } from "./tree.ts";
import { rawText } from "./visible-text.ts";

export interface Formula {
  readonly tex: string;
  /** Stands on a line of its own. */
  readonly display: boolean;
}

const TEX = /^(?:application\/x-tex|tex|latex|text\/x-latex)$/i;
const CONTAINER =
  /(?:^|\s)(?:katex|katex-display|mwe-math-element|MathJax|MathJax_SVG|MathJax_Display)(?:\s|$)/;
const DISPLAY = /(?:^|\s)(?:katex-display|mwe-math-element-block)(?:\s|$)/;
/** What MathJax 2 shows of a formula, which stands in a script beside. */
const SHOWN = /(?:^|\s)MathJax(?:_Preview|_Display|_SVG|_SVG_Display|_CHTML)?(?:\s|$)/;
const TEX_CHARS_MAX = 20_000;
const NODES_MAX = 5_000;

/** The formula an element is, or null; "shown" for what only shows one that stands elsewhere. Asked of pages with formulas only. */
export function formulaOf(element: Element): Formula | "shown" | null {
  switch (element.name) {
    case "math":
      return annotated(element);
    case "script":
      return scripted(element);
    case "mjx-container":
      return annotated(element);
    case "span":
    case "div": {
      const naming = (element.marks & CLASS) === 0 ? null : attribute(element, "class");
      if (naming === null) return null;
      if (CONTAINER.test(naming)) {
        const formula = annotated(element) ?? pictured(element);
        if (formula !== null) return DISPLAY.test(naming) ? { ...formula, display: true } : formula;
      }
      return SHOWN.test(naming) ? "shown" : null;
    }
    default:
      return null;
  }
}

function annotated(element: Element): Formula | null {
  let display = attribute(element, "display") === "true" || attribute(element, "display") === "block";
  let seen = 0;
  const annotation = find(element, (at) => {
    if (++seen > NODES_MAX) return true;
    if (at.name === "math" && attribute(at, "display") === "block") display = true;
    return at.name === "annotation" && TEX.test(attribute(at, "encoding") ?? "");
  });
  return annotation?.name === "annotation" ? formula(rawText(annotation), display) : null;
}

/** Of a script element. */
export function isFormula(script: Element): boolean {
  return /^math\/(?:la)?tex/i.test(attribute(script, "type") ?? "");
}

/** `math/tex` and `math/tex; mode=display`. */
function scripted(element: Element): Formula | null {
  if (!isFormula(element)) return null;
  return formula(rawText(element), /mode\s*=\s*display/i.test(attribute(element, "type") ?? ""));
}

function pictured(element: Element): Formula | null {
  const picture = find(element, (at) => at.name === "img");
  const tex = picture === null ? null : attribute(picture, "alt");
  return tex === null || picture === null
    ? null
    : formula(tex, /display|block/.test(attribute(picture, "class") ?? ""));
}

function formula(given: string, display: boolean): Formula | null {
  if (given.length > TEX_CHARS_MAX) return null;
  const wrapped = /^\{\\(?:displaystyle|textstyle)\s([\s\S]*)\}$/.exec(given.trim());
  const tex = (wrapped?.[1] ?? given).trim().replace(/\n\s*\n+/g, "\n");
  return tex === "" ? null : { tex, display };
}

/** As GitHub and Pandoc read it; a dollar inside would end it. */
export function inDollars({ tex, display }: Formula): string {
  if (display) return `$$\n${tex}\n$$`;
  return `$${tex.replace(/\s*\n\s*/g, " ").replace(/(?<!\\)\$/g, "\\$")}$`;
}
