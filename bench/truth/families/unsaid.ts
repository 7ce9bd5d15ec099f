// Pages whose text stands where nobody looks: in JSON-LD that a script draws, in JSON-LD alone, in noscript, in templates.
import { contentsOf } from "../web/content.ts";
import { handSite, ownScript } from "../web/hand-site.ts";
import { blocksHtml } from "../web/markup.ts";
import { type Expected, type Family, inScript } from "../web/site.ts";

export const unsaid: Family = {
  name: "unsaid",
  variants: ["json-ld-drawn", "noscript", "template", "json-ld-alone", "noscript-asks"],
  hosts: 5,
  async site(plan) {
    const { variant, mount } = plan;
    const code: Record<string, string> = {
      "json-ld-drawn": `var d=JSON.parse(document.getElementById("ld").textContent);document.getElementById("${mount}").innerHTML="<h1></h1>"+d.articleBody.split("\\n").map(function(){return "<p></p>"}).join("");document.querySelector("#${mount} h1").textContent=d.headline;document.querySelectorAll("#${mount} p").forEach(function(p,i){p.textContent=d.articleBody.split("\\n")[i]});`,
      template: `document.getElementById("${mount}").appendChild(document.querySelector("template").content.cloneNode(true));`,
    };
    const own = ownScript(plan, "draw", code[variant] ?? "document.documentElement.dataset.js='1';");
    return handSite(
      plan,
      contentsOf(plan, ["article", "article", "note"]),
      (content) => {
        const box = `<div id="${mount}"></div>`;
        const text = blocksHtml(content.blocks, plan);
        const data = {
          "@context": "https://schema.org",
          "@type": "Article",
          headline: content.title,
          articleBody: content.blocks.map((block) => block.text).join("\n"),
        };
        const ld = `<script type="application/ld+json" id="ld">${inScript(data)}</script>`;
        const bodies: Record<string, [string, Expected]> = {
          "json-ld-drawn": [`${ld}${box}`, "rich"],
          "json-ld-alone": [`${ld}${box}`, "fast"],
          noscript: [`${box}<noscript><h1>${content.title}</h1>${text}</noscript>`, null],
          template: [`${box}<template>${text}</template>`, "rich"],
          "noscript-asks": [
            `${box}<noscript><p>You need to enable JavaScript to run this app.</p></noscript>`,
            "fast",
          ],
        };
        const [body, expected] = bodies[variant] ?? ["", null];
        return { document: { body, end: own.element }, expected };
      },
      [own.answer],
    );
  },
};
