// Turbo: whole pages that it only moves between, and frames that it asks the server for.
import { packaged } from "../web/bundle.ts";
import { contentsOf } from "../web/content.ts";
import { handSite } from "../web/hand-site.ts";
import { blocksHtml, pageHtml } from "../web/markup.ts";
import { type Expected, escaped, type Family, html, script } from "../web/site.ts";

export const turbo: Family = {
  name: "turbo",
  variants: ["drive", "frame", "lazy-beside"],
  hosts: 4,
  async site(plan) {
    const library = plan.chance.pick(["/assets/turbo.js", "/packs/application.js"]);
    return handSite(
      plan,
      contentsOf(plan),
      (content, path) => {
        const part = `/frame${path}`;
        const frame = (loading: string): string =>
          `<turbo-frame id="f${content.id}" src="${part}"${loading}></turbo-frame>`;
        const bodies: Record<string, [string, Expected]> = {
          drive: [pageHtml(content, plan), "fast"],
          frame: [
            `<div class="${plan.name("content")}"><h1>${escaped(content.title)}</h1>${frame("")}</div>`,
            "rich",
          ],
          "lazy-beside": [pageHtml(content, plan, frame(' loading="lazy"')), null],
        };
        const [body, expected] = bodies[plan.variant] ?? ["", null];
        const blocks = plan.variant === "frame" ? content.blocks : content.extra;
        return {
          document: { body, head: `<script type="module" src="${library}"></script>` },
          expected,
          answers: [
            [
              part,
              {
                ...html(`<turbo-frame id="f${content.id}">${blocksHtml(blocks, plan)}</turbo-frame>`),
                delayMs: plan.apiMs,
              },
            ],
          ],
        };
      },
      [[library, script(packaged("@hotwired/turbo/dist/turbo.es2017-esm.js"))]],
    );
  },
};
