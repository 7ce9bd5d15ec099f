import { html, LitElement } from "lit";
import { html as staticHtml, unsafeStatic } from "lit/static-html.js";
import { later, n } from "../data.js";

const main = unsafeStatic(PLAN.semantic ? "main" : "div");
const article = unsafeStatic(PLAN.semantic ? "article" : "div");

const block = ({ kind, title, text, href }) => {
  if (kind === "p") return html`<p class=${n("p")}>${text}</p>`;
  if (kind === "h2") return html`<h2 class=${n("h2")}>${text}</h2>`;
  if (kind === "row") return html`<div class=${n("row")}><span>${title}</span> <span>${text}</span></div>`;
  if (kind === "comment") return html`<div class=${n("comment")}><b>${title}</b><p>${text}</p></div>`;
  return html`<div class=${n("card")}><h3><a href=${href}>${title}</a></h3><p>${text}</p></div>`;
};

/** A page in a shadow root, or, where PLAN says so, in the document itself. */
export class SitePage extends LitElement {
  static properties = { page: { attribute: false }, source: {} };

  createRenderRoot() {
    return PLAN.light ? this : super.createRenderRoot();
  }

  connectedCallback() {
    super.connectedCallback();
    later((next) => {
      this.page = next;
    });
  }

  render() {
    const page = this.page;
    if (page === undefined || page === null) return html`<div class=${n("wait")}>${PLAN.wait}</div>`;
    return staticHtml`<${main} class=${n("content")}><${article} class=${n(page.kind)}><h1>${page.title}</h1><p class=${n("byline")}>${page.byline}</p>
      ${page.blocks.map(block)}</${article}></${main}>`;
  }
}
