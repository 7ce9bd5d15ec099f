// Pages that lead elsewhere: by script at once, by script after a look at the reader, by a refresh that needs no script.
import { contentsOf } from "../web/content.ts";
import { handSite } from "../web/hand-site.ts";
import { documentHtml, pageHtml } from "../web/markup.ts";
import { type Expected, type Family, html } from "../web/site.ts";

export const redirect: Family = {
  name: "redirect",
  variants: ["replaced", "language", "refreshed"],
  hosts: 3,
  async site(plan) {
    return handSite(plan, contentsOf(plan, ["article", "note"]), (content, path) => {
      const target = `/${plan.lang}${path}`;
      const heads: Record<string, [string, Expected]> = {
        replaced: [`<script>location.replace("${target}")</script>`, "rich"],
        language: [
          `<script>var l=(navigator.language||"en").slice(0,2);document.cookie="l="+l;window.location.href="${target}"</script>`,
          "rich",
        ],
        refreshed: [`<meta http-equiv="refresh" content="0; url=${target}">`, "fast"],
      };
      const [head, expected] = heads[plan.variant] ?? ["", null];
      return {
        document: { head, body: `<p><a href="${target}">→</a></p>`, framed: plan.hasOwnFrame },
        expected,
        answers: [
          [
            target,
            html(documentHtml(plan, { title: content.title, body: pageHtml(content, plan), framed: true })),
          ],
        ],
      };
    });
  },
};
