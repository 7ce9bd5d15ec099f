// Pages behind a wall of consent: laid over the text, or in the place of it until a click that no crawler makes, or until a script has
// seen that nobody needs to be asked.
import { contentsOf } from "../web/content.ts";
import { handSite, ownScript } from "../web/hand-site.ts";
import { blocksHtml, pageHtml } from "../web/markup.ts";
import { type Expected, type Family, inScript, json } from "../web/site.ts";

export const consent: Family = {
  name: "consent",
  variants: ["overlay", "region", "clicked", "styled"],
  hosts: 4,
  async site(plan) {
    const { variant, mount } = plan;
    const show = `function show(){var t=document.getElementById("kept");document.getElementById("${mount}").innerHTML=JSON.parse(t.textContent).html;}`;
    const code: Record<string, string> = {
      overlay: `var w=document.getElementById("wall");w.querySelector("button").onclick=function(){w.remove()};`,
      region: `${show}fetch("/region").then(function(a){return a.json()}).then(function(r){if(!r.asks)show()});`,
      clicked: `${show}document.querySelector("#wall button").onclick=show;`,
      styled: `document.documentElement.classList.add("asks");`,
    };
    const own = ownScript(plan, "consent", code[variant] ?? "");
    const wall = `<div id="wall" class="${plan.name("wall")}" role="dialog" style="position:fixed;inset:0"><p>We and our partners store and read information on your device to show advertisements that fit, to measure them and to learn about our readers.</p><button type="button">Accept</button></div>`;
    return handSite(
      plan,
      contentsOf(plan, ["article", "list", "note"]),
      (content) => {
        const text = pageHtml(content, plan);
        const kept = `<div id="${mount}"></div><script type="application/json" id="kept">${inScript({ html: blocksHtml(content.blocks, plan) })}</script>`;
        const [body, expected]: [string, Expected] =
          variant === "overlay" || variant === "styled"
            ? [text + wall, "fast"]
            : [kept + wall, variant === "region" ? "rich" : "fast"];
        return { document: { body, end: own.element }, expected };
      },
      [own.answer, ["/region", json({ asks: false }, plan.apiMs)]],
    );
  },
};
