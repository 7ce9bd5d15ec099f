// htmx: fragments that a server writes, asked for when the page is there, when they are seen, or when somebody clicks.
import { packaged } from "../web/bundle.ts";
import { contentsOf } from "../web/content.ts";
import { handSite } from "../web/hand-site.ts";
import { blocksHtml, pageHtml } from "../web/markup.ts";
import { type Expected, escaped, type Family, html, script } from "../web/site.ts";

export const htmx: Family = {
  name: "htmx",
  variants: ["load", "click", "beside", "boosted"],
  hosts: 4,
  async site(plan) {
    const library = plan.chance.pick(["/js/htmx.min.js", "/static/vendor.js", "/assets/h.js"]);
    return handSite(
      plan,
      contentsOf(plan),
      (content, path) => {
        const part = `/part${path}`;
        const box = (trigger: string): string =>
          `<div hx-get="${part}" hx-trigger="${trigger}" hx-swap="innerHTML"></div>`;
        const bodies: Record<string, [string, Expected]> = {
          load: [
            `<div class="${plan.name("content")}"><h1>${escaped(content.title)}</h1>${box("load")}</div>`,
            "rich",
          ],
          click: [
            pageHtml(content, plan, `<button hx-get="${part}" hx-target="next div">+</button><div></div>`),
            "fast",
          ],
          beside: [pageHtml(content, plan, box("revealed")), null],
          boosted: [pageHtml(content, plan), "fast"],
        };
        const [body, expected] = bodies[plan.variant] ?? ["", null];
        return {
          document: {
            body,
            head: `<script src="${library}"></script>`,
            ...(plan.variant === "boosted" ? { bodyAttributes: ' hx-boost="true"' } : {}),
          },
          expected,
          answers: [
            [
              part,
              {
                ...html(blocksHtml(plan.variant === "load" ? content.blocks : content.extra, plan)),
                delayMs: plan.apiMs,
              },
            ],
          ],
        };
      },
      [[library, script(packaged("htmx.org/dist/htmx.min.js"))]],
    );
  },
};
