// Portals: much text of a server's around a middle that a script fills, or that is there already.
import { contentsOf } from "../web/content.ts";
import { handSite, ownScript } from "../web/hand-site.ts";
import { blocksHtml, pageHtml } from "../web/markup.ts";
import { type Expected, escaped, type Family, html } from "../web/site.ts";

export const portal: Family = {
  name: "portal",
  variants: ["filled", "whole", "widgets"],
  hosts: 4,
  async site(plan) {
    const { variant, mount } = plan;
    const own = ownScript(
      plan,
      "portal",
      `[].forEach.call(document.querySelectorAll("[data-part]"),function(e){fetch(e.getAttribute("data-part")).then(function(a){return a.text()}).then(function(t){e.innerHTML=t})});`,
    );
    return handSite(
      plan,
      contentsOf(plan),
      (content, path) => {
        const box = (what: string): string => `<div id="${mount}" data-part="/${what}${path}"></div>`;
        const links = content.extra
          .map(({ text }) => `<li><a href="/n/${text.length}">${escaped(text)}</a></li>`)
          .join("");
        const side = `<aside class="${plan.name("sidebar")}"><ul>${links}${links}</ul></aside>`;
        const [body, expected]: [string, Expected] =
          variant === "filled"
            ? [
                `<div class="${plan.name("content")}"><h1>${escaped(content.title)}</h1>${box("text")}</div>${side}`,
                "rich",
              ]
            : variant === "whole"
              ? [`${pageHtml(content, plan)}${side}`, "fast"]
              : [`${pageHtml(content, plan)}${side}<aside>${box("weather")}</aside>`, "fast"];
        return {
          document: { body, end: own.element },
          expected,
          answers: [
            [`/text${path}`, { ...html(blocksHtml(content.blocks, plan)), delayMs: plan.apiMs }],
            [`/weather${path}`, html("<p>12 °C</p>")],
          ],
        };
      },
      [own.answer],
    );
  },
};
