// Documentation: written beforehand with a search on top, or Markdown that the browser turns into a page.

import { packaged } from "../web/bundle.ts";
import type { Content } from "../web/content.ts";
import { contentsOf } from "../web/content.ts";
import { handSite, ownScript } from "../web/hand-site.ts";
import { pageHtml } from "../web/markup.ts";
import { escaped, type Family, script } from "../web/site.ts";

export const docs: Family = {
  name: "docs",
  variants: ["written", "markdown", "searched", "short"],
  hosts: 4,
  async site(plan) {
    const library = "/lib/marked.js";
    const isMarkdown = plan.variant === "markdown";
    const code = isMarkdown
      ? `fetch("/md"+location.pathname+".md").then(function(a){return a.text()}).then(function(t){document.getElementById("${plan.mount}").innerHTML="<article>"+marked.parse(t)+"</article>"})`
      : `document.querySelectorAll("pre").forEach(function(p){p.dataset.copy="1"});fetch("/search.json").then(function(a){return a.ok?a.json():[]}).then(function(i){window.searchIndex=i})`;
    const own = ownScript(plan, "docs", code);
    const contents = contentsOf(plan, plan.variant === "short" ? ["note"] : ["article", "article", "note"]);
    const side = contents
      .map(({ kind, id, title }) => `<li><a href="/${kind}/${id}">${escaped(title)}</a></li>`)
      .join("");
    return handSite(
      plan,
      contents,
      (content, path) => {
        const sample = `<pre><code>import { part${content.id} } from "${plan.host}";\npart${content.id}({ depth: ${content.id % 7} });</code></pre>`;
        const body = isMarkdown
          ? `<aside><ul>${side}</ul></aside><section id="${plan.mount}"></section>`
          : `<aside class="${plan.name("sidebar")}"><ul>${side}</ul></aside>${pageHtml(content, plan, plan.variant === "written" ? sample : "")}`;
        return {
          document: { body, end: `${isMarkdown ? `<script src="${library}"></script>` : ""}${own.element}` },
          expected: isMarkdown ? "rich" : "fast",
          answers: isMarkdown
            ? [
                [
                  `/md${path}.md`,
                  { type: "text/markdown; charset=utf-8", body: markdownOf(content), delayMs: plan.apiMs },
                ],
              ]
            : [],
        };
      },
      [[library, script(isMarkdown ? packaged("marked/lib/marked.umd.js") : "")], own.answer],
    );
  },
};

const markdownOf = ({ title, blocks }: Content): string =>
  [`# ${title}`, ...blocks.map((block) => (block.kind === "h2" ? `## ${block.text}` : block.text))].join(
    "\n\n",
  );
