// Content as HTML: the same parts as the Markdown, with the few attributes that carry meaning and absolute URLs. Not a sanitiser.
import { resolve } from "./addresses.ts";
import { VOID } from "./element-kinds.ts";
import { imageUrl } from "./images.ts";
import type { Content } from "./main-content.ts";
import { attribute, type Element, type Node } from "./tree.ts";

const KEPT = new Set([
  "alt",
  "title",
  "colspan",
  "rowspan",
  "start",
  "lang",
  "dir",
  "datetime",
  "cite",
  "headers",
  "scope",
  "width",
  "height",
]);
const URLS = new Set(["href", "cite"]);
const UNWRAPPED = new Set(["font", "center", "body", "html"]);

export function toHtml(content: Content, base: string): string {
  let html = "";
  const visit = (node: Node): void => {
    if (node.kind === 3) {
      html += escaped(node.data);
      return;
    }
    if (content.skip(node) || node.foreign) return;
    if (UNWRAPPED.has(node.name)) {
      for (let child = node.first; child !== null; child = child.next) visit(child);
      return;
    }
    // A name with kinds is one of the standard's.
    if (node.kinds === 0 && !/^[a-z][a-z0-9-]*$/.test(node.name)) {
      for (let child = node.first; child !== null; child = child.next) visit(child);
      return;
    }
    const attributes = node.attributeCount === 0 ? "" : attributesOf(node, base);
    html += `<${node.name}${attributes}>`;
    if ((node.kinds & VOID) !== 0) return;
    for (let child = node.first; child !== null; child = child.next) {
      if (child !== undefined) visit(child);
    }
    html += `</${node.name}>`;
  };
  for (const root of content.roots) visit(root);
  return html.trim();
}

function attributesOf(element: Element, base: string): string {
  let html = "";
  if (element.name === "img") {
    const url = imageUrl(element, base);
    if (url !== null) html += ` src="${quoted(url)}"`;
  }
  for (let at = 0; at < element.attributeCount; at++) {
    const name = element.attributeName(at);
    if (URLS.has(name)) {
      const url = resolve(element.attributeValue(at), base);
      if (url !== null) html += ` ${name}="${quoted(url)}"`;
    } else if (KEPT.has(name)) {
      html += ` ${name}="${quoted(element.attributeValue(at))}"`;
    }
  }
  if (element.name === "code" || element.name === "pre") {
    const language = /(?:^|\s)(language-[\w+#.-]{1,30})/.exec(attribute(element, "class") ?? "")?.[1];
    if (language !== undefined) html += ` class="${language}"`;
  }
  return html;
}

function escaped(text: string): string {
  if (!/[&<>]/.test(text)) return text;
  return text.replace(/[&<>]/g, (char) => (char === "&" ? "&amp;" : char === "<" ? "&lt;" : "&gt;"));
}

function quoted(value: string): string {
  if (!/[&"]/.test(value)) return value;
  return value.replace(/[&"]/g, (char) => (char === "&" ? "&amp;" : "&quot;"));
}
