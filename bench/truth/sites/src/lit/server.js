import { render as rendered } from "@lit-labs/ssr";
import { collectResult } from "@lit-labs/ssr/lib/render-result.js";
import { html, unsafeStatic } from "lit/static-html.js";
import { SitePage } from "./app.js";

customElements.define(PLAN.tag, SitePage);

/** The element with its declarative shadow root. */
export const render = (first) => {
  const tag = unsafeStatic(PLAN.tag);
  return collectResult(rendered(html`<${tag} .page=${first}></${tag}>`));
};
