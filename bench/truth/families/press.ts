// Articles that a server writes whole, among many scripts: advertisements, players, measuring, comments elsewhere. Nothing of the text
// needs any of them.
import { contentsOf } from "../web/content.ts";
import { handSite, ownScript } from "../web/hand-site.ts";
import { pageHtml } from "../web/markup.ts";
import type { Plan } from "../web/plan.ts";
import { type Family, inScript } from "../web/site.ts";

const ADVERTISING = `(function(){var slots=document.querySelectorAll("[data-slot]");for(var i=0;i<slots.length;i++){var f=document.createElement("iframe");f.width=300;f.height=250;f.title="ad";slots[i].appendChild(f);}window.adq=window.adq||[];})();`;
const PLAYER = `(function(){var all=document.querySelectorAll("[data-video]");for(var i=0;i<all.length;i++){var v=document.createElement("video");v.controls=true;v.preload="none";all[i].appendChild(v);}})();`;

export const press: Family = {
  name: "press",
  variants: ["heavy", "short", "state", "plain"],
  hosts: 5,
  async site(plan) {
    const advertising = ownScript(plan, "ads", ADVERTISING + padding(plan));
    const player = ownScript(plan, "player", PLAYER + padding(plan));
    const kinds = plan.variant === "short" ? (["note"] as const) : (["article", "article", "note"] as const);
    const make = (content: ReturnType<typeof contentsOf>[number]) => {
      const slot = `<div class="${plan.name("ad")}" data-slot="${content.id}"></div>`;
      const video = `<div class="${plan.name("player")}" data-video="/v/${content.id}.m3u8"><noscript>JavaScript</noscript></div>`;
      const thread = `<div id="thread-${content.id}" class="${plan.name("thread")}"></div>`;
      const isPlain = plan.variant === "plain";
      const body = isPlain
        ? pageHtml(content, plan)
        : `${slot}${pageHtml(content, plan, `${video}${slot}`)}${thread}`;
      // The whole article once more, for whoever reads it by script.
      const state =
        plan.variant === "state"
          ? `<script>window.__PRELOADED_STATE__=${inScript({ article: content })}</script>`
          : "";
      const end = isPlain ? "" : `${state}${advertising.element}${player.element}`;
      return { document: { body, end }, expected: "fast" as const };
    };
    return handSite(plan, contentsOf(plan, [...kinds]), make, [advertising.answer, player.answer]);
  },
};

/** Code that does much and shows nothing. */
const padding = (plan: Plan): string =>
  Array.from(
    { length: 100 + plan.chance.below(400) },
    (_, at) => `function u${at}(a,b){return a*${at}+b}`,
  ).join("\n");
