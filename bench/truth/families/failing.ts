// Applications that never come to anything: their data is refused, does not come, or their script breaks. A browser shows no more.
import { contentsOf } from "../web/content.ts";
import { handSite, ownScript } from "../web/hand-site.ts";
import { blocksHtml } from "../web/markup.ts";
import type { Family } from "../web/site.ts";

export const failing: Family = {
  name: "failing",
  variants: ["refused", "broken", "login", "half"],
  hosts: 4,
  async site(plan) {
    const { variant, mount } = plan;
    const draw = `.then(function(a){if(!a.ok)throw new Error(a.status);return a.json()}).then(function(d){document.getElementById("${mount}").textContent=d.text})`;
    const code: Record<string, string> = {
      refused: `fetch("${plan.apiPath}/refused")${draw}.catch(function(){document.getElementById("${mount}").className="error"});`,
      broken: `window.addEventListener("DOMContentLoaded",function(){document.getElementById("${mount}").innerHTML=window.templates.page(window.state.page)});`,
      login: `if(!document.cookie.includes("session="))document.getElementById("${mount}").innerHTML='<form><input name="user"><input name="password" type="password"><button>OK</button></form>';`,
      half: `fetch("${plan.apiPath}/refused")${draw}.catch(function(){});`,
    };
    const own = ownScript(
      plan,
      "app",
      (code[variant] ?? "") + "\n".repeat(1) + "function f(a){return a}".repeat(200),
    );
    return handSite(
      plan,
      contentsOf(plan),
      (content) => {
        // What is there without the script: nothing, or a whole page with an empty box beside it.
        const text = variant === "half" ? `<section>${blocksHtml(content.blocks, plan)}</section>` : "";
        const waiting = plan.chance.pick(["Loading…", "", '<span class="spinner"></span>']);
        return {
          document: {
            body: `${text}<div id="${mount}">${waiting}</div>`,
            end: own.element,
            framed: plan.hasOwnFrame,
          },
          expected: "fast",
        };
      },
      [own.answer, [`${plan.apiPath}/refused`, { type: "application/json", body: "{}", status: 503 }]],
    );
  },
};
