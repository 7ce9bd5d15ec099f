// The document as a reader has it: what shadow roots and frames of the same origin show stands where it is shown, slots are
// filled. Read in a world of its own, where the page's scripts have changed nothing.
import { z } from "zod";
import { err, ok, type Result } from "../base/index.ts";
import type { Failure } from "../model/index.ts";
import type { DevToolsSession } from "./devtools.ts";

/** A frame with less text is an ornament. */
const FRAME_CHARS_MIN = 200;

const shown = z.union([z.string(), z.int()]);

/** `too_large`. Rejects when the page is gone. `frame`: the page's main frame. */
export async function shownDocument(
  session: DevToolsSession,
  frame: string,
  charsMax: number,
): Promise<Result<string, Failure>> {
  const world = await session.send("Page.createIsolatedWorld", { frameId: frame, worldName: "millrace" });
  const { result, exceptionDetails } = await session.send("Runtime.evaluate", {
    expression: flattened(charsMax),
    contextId: world.executionContextId,
    returnByValue: true,
  });
  if (exceptionDetails !== undefined)
    throw new Error(`the document is not readable: ${exceptionDetails.text}`);
  const html = shown.parse(result.value);
  if (typeof html === "string") return ok(html);
  const message = `the rendered document has ${html} characters; at most ${charsMax} are read`;
  return err({ code: "too_large", message });
}

/**
 * HTML, or its length when it is too long. The tree is copied, into a document where nothing loads and no custom element
 * wakes, only where something would be lost without.
 */
const flattened = (charsMax: number): string => `(() => {
  const framed = (element) => {
    if (element.localName !== "iframe") return null;
    const inner = element.contentDocument?.body ?? null;
    return inner !== null && inner.textContent.trim().length >= ${FRAME_CHARS_MIN} ? inner : null;
  };
  const isLost = (element) => element.shadowRoot !== null || framed(element) !== null;
  const inert = document.implementation.createHTMLDocument("");
  const copyAll = (nodes, into, inside) => { for (const node of nodes) copy(node, into, inside); };
  // inside: null in the document itself, else of which frame or shadow root.
  const copy = (node, into, inside) => {
    if (node.nodeType !== Node.ELEMENT_NODE) {
      if (node.nodeType !== Node.COMMENT_NODE) into.append(inert.importNode(node, true));
      return;
    }
    const name = node.localName;
    if (inside !== null && (name === "script" || name === "style")) return;
    if (name === "slot" && inside?.isShadow) {
      const assigned = node.assignedNodes();
      copyAll(assigned.length > 0 ? assigned : node.childNodes, into, inside);
      return;
    }
    const inner = framed(node);
    if (inner !== null) {
      const block = inert.createElement("div");
      into.append(block);
      copyAll(inner.childNodes, block, { isShadow: false });
      return;
    }
    const copied = inert.importNode(node, name === "template" || name === "svg" || name === "math");
    into.append(copied);
    if (copied.hasChildNodes() || name === "template") return;
    // Addresses within a frame are relative to it.
    if (node.ownerDocument !== document && typeof node.href === "string") copied.setAttribute("href", node.href);
    if (node.shadowRoot !== null) copyAll(node.shadowRoot.childNodes, copied, { isShadow: true });
    else copyAll(node.childNodes, copied, inside);
  };
  const root = document.documentElement;
  if (root === null) return "";
  let html = null;
  if (Array.from(document.querySelectorAll("*")).some(isLost)) {
    try {
      const holder = inert.createDocumentFragment();
      copy(root, holder, null);
      html = holder.firstChild.outerHTML;
    } catch (thrown) {
      // Nested deeper than scripts can follow: as the document has it.
      if (!(thrown instanceof RangeError)) throw thrown;
    }
  }
  html ??= root.outerHTML;
  const type = document.doctype === null ? "" : new XMLSerializer().serializeToString(document.doctype);
  const length = type.length + html.length;
  return length > ${charsMax} ? length : type + html;
})()`;
