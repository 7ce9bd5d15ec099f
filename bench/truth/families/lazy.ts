// Lists that grow: by a button, by scrolling, by script from the first entry on.
import { type Content, contentsOf } from "../web/content.ts";
import { handSite, ownScript } from "../web/hand-site.ts";
import { blocksHtml, pageHtml } from "../web/markup.ts";
import { type Expected, type Family, html } from "../web/site.ts";

export const lazy: Family = {
  name: "lazy",
  variants: ["button", "script", "scroll", "screens"],
  hosts: 4,
  async site(plan) {
    const { variant, mount } = plan;
    const fetching = `var at=1;function more(){return fetch("/more"+location.pathname+"?page="+(at++)).then(function(a){return a.ok?a.text():""}).then(function(t){document.getElementById("${mount}").insertAdjacentHTML("beforeend",t);return t!==""});}`;
    const watching = `new IntersectionObserver(function(e){if(e[0].isIntersecting)more()},{rootMargin:"0px"}).observe(document.getElementById("end"));`;
    const code: Record<string, string> = {
      button: `${fetching}document.getElementById("end").onclick=more;`,
      script: `${fetching}more().then(function(){${watching}});`,
      scroll: `${fetching}${watching}`,
      screens: `${fetching}more();`,
    };
    const own = ownScript(plan, "list", code[variant] ?? "");
    return handSite(
      plan,
      contentsOf(plan, ["list"]),
      (content, path) => {
        const half = Math.ceil(content.blocks.length / 2);
        const [shown, further] =
          variant === "script"
            ? [[], content.blocks]
            : [content.blocks.slice(0, half), content.blocks.slice(half)];
        const list = `<div id="${mount}" class="${plan.name("list")}">${blocksHtml(shown, plan)}</div><${variant === "button" ? 'button type="button"' : "div"} id="end">…</${variant === "button" ? "button" : "div"}>`;
        const empty: Content = { ...content, blocks: [] };
        const expected: Readonly<Record<string, Expected>> = {
          button: "fast",
          script: "rich",
          scroll: null,
          screens: "rich",
        };
        return {
          document: { body: pageHtml(empty, plan, list), end: own.element },
          expected: expected[variant] ?? null,
          answers: [
            [`/more${path}?page=1`, { ...html(blocksHtml(further, plan)), delayMs: plan.apiMs }],
            [`/more${path}?page=2`, html("")],
          ],
        };
      },
      [own.answer],
    );
  },
};
