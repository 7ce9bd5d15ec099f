// XML to the light tree, forgivingly: no DTD, no entities but XML's own, unclosed elements end with their parent. Names in lower case,
// prefixes kept ("content:encoded").
import { Tokenizer } from "htmlparser2";
import type { ParseLimits } from "./parse.ts";
import { Rows } from "./rows.ts";
import type { Element } from "./tree.ts";

export interface XmlTree {
  /** Holds the root element (or what stands in its place). */
  readonly document: Element;
  readonly cut: boolean;
}

export function parseXml(source: string, limits: ParseLimits): XmlTree {
  const rows = new Rows();
  const document = rows.made("#document");
  const stack: Element[] = [document];
  let nodes = 0;
  let beyond = 0;
  let cut = false;
  let tag = "";
  let attributes: string[] = [];
  let value = "";
  let attributeName = "";

  const room = (): boolean => {
    if (++nodes <= limits.nodesMax) return true;
    cut = true;
    tokenizer.pause();
    return false;
  };
  const text = (data: string): void => {
    const parent = stack[stack.length - 1];
    const last = parent?.last;
    if (last?.kind === 3) last.append(data);
    else if (parent !== undefined && room()) parent.append(rows.madeText(data));
  };
  const open = (closed: boolean): void => {
    if (!room()) return;
    const element = rows.made(tag, attributes);
    stack[stack.length - 1]?.append(element);
    if (closed) return;
    if (stack.length >= limits.depthMax) beyond++;
    else stack.push(element);
  };
  const tokenizer: Tokenizer = new Tokenizer(
    { xmlMode: true },
    {
      ontext: (start, end) => text(source.slice(start, end)),
      ontextentity: (codePoint) => text(String.fromCodePoint(codePoint)),
      oncdata: (start, end, offset) => text(source.slice(start, end - offset)),
      onopentagname: (start, end) => {
        tag = source.slice(start, end).toLowerCase();
        attributes = [];
      },
      onattribname: (start, end) => {
        attributeName = source.slice(start, end).toLowerCase();
        value = "";
      },
      onattribdata: (start, end) => {
        if (value.length < limits.attributeCharsMax)
          value += source.slice(start, end).slice(0, limits.attributeCharsMax);
      },
      onattribentity: (codePoint) => {
        value += String.fromCodePoint(codePoint);
      },
      onattribend: () => {
        if (attributes.length < 2 * limits.attributesMax) attributes.push(attributeName, value);
      },
      onopentagend: () => open(false),
      onselfclosingtag: () => open(true),
      onclosetag: (start, end) => {
        if (beyond > 0) {
          beyond--;
          return;
        }
        const name = source.slice(start, end).toLowerCase();
        for (let at = stack.length - 1; at > 0; at--) {
          if (stack[at]?.name === name) {
            stack.length = at;
            return;
          }
        }
      },
      oncomment: () => {},
      ondeclaration: () => {},
      onprocessinginstruction: () => {},
      onend: () => {},
    },
  );
  tokenizer.write(source);
  tokenizer.end();
  return { document, cut };
}
