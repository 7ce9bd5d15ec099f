// Scripts by hand, no framework: templates cloned, markup put together, text written while the page is read, elements with slots.

import { pageOf } from "../web/app-site.ts";
import { contentsOf } from "../web/content.ts";
import { handSite, ownScript } from "../web/hand-site.ts";
import { pageHtml } from "../web/markup.ts";
import { type Expected, type Family, inScript, json } from "../web/site.ts";

export const vanilla: Family = {
  name: "vanilla",
  variants: ["assembled", "written", "slotted", "theme"],
  hosts: 4,
  async site(plan) {
    const { variant, mount } = plan;
    const draw = `function draw(p){var r=document.getElementById("${mount}");var h=document.createElement("h1");h.textContent=p.title;r.replaceChildren(h);p.blocks.forEach(function(b){var e=document.createElement("p");e.className="${plan.name("p")}";e.textContent=(b.title?b.title+". ":"")+b.text;r.appendChild(e)})}`;
    const code: Record<string, string> = {
      assembled: `${draw}fetch("${plan.apiPath}"+location.pathname).then(function(a){return a.json()}).then(draw);`,
      written: `document.write("<h1>"+page.title+"</h1>"+page.blocks.map(function(b){return "<p>"+b.text+"</p>"}).join(""));`,
      slotted: `customElements.define("story-card",class extends HTMLElement{connectedCallback(){this.attachShadow({mode:"open"}).innerHTML="<style>:host{display:block}</style><slot></slot>"}});`,
      theme: `document.documentElement.dataset.theme=localStorage.getItem("theme")||"light";`,
    };
    const own = ownScript(plan, "own", code[variant] ?? "");
    return handSite(
      plan,
      contentsOf(plan),
      (content, path) => {
        const bodies: Record<string, [string, Expected]> = {
          assembled: [`<div id="${mount}"></div>${own.element}`, "rich"],
          written: [
            `<div id="${mount}"><script>var page=${inScript(pageOf(content))}</script>${own.element}</div>`,
            "rich",
          ],
          slotted: [`${own.element}<story-card>${pageHtml(content, plan)}</story-card>`, "fast"],
          theme: [`${own.element}${pageHtml(content, plan)}`, "fast"],
        };
        const [body, expected] = bodies[variant] ?? ["", null];
        return {
          document: { body },
          expected,
          answers: [[`${plan.apiPath}${path}`, json(pageOf(content), plan.apiMs)]],
        };
      },
      [own.answer],
    );
  },
};
