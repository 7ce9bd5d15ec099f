// jQuery as it is used: small things on whole pages, or parts of the page loaded into empty boxes.

import { packaged } from "../web/bundle.ts";
import { contentsOf } from "../web/content.ts";
import { handSite, ownScript } from "../web/hand-site.ts";
import { blocksHtml, pageHtml } from "../web/markup.ts";
import { type Expected, type Family, html, json, script } from "../web/site.ts";

export const jquery: Family = {
  name: "jquery",
  variants: ["enhanced", "loaded", "tabs", "templated"],
  hosts: 5,
  async site(plan) {
    const library = "/js/jquery.min.js";
    const box = plan.name("box").split(" ")[0] ?? "box";
    const code: Record<string, string> = {
      enhanced: `jQuery(function($){$("nav a").on("click",function(){$(this).toggleClass("on")});$("h1").attr("title",$("h1").text());$("p").first().css("opacity",1)});`,
      loaded: `jQuery(function($){$("#box").load("/part"+location.pathname)});`,
      tabs: `jQuery(function($){$.get("/part"+location.pathname,function(more){$("#box").html(more)})});`,
      templated: `jQuery(function($){$.getJSON("${plan.apiPath}"+location.pathname,function(page){var all=$.map(page.blocks,function(b){return $("<p>").addClass("${box}").text((b.title?b.title+": ":"")+b.text)});$("#box").append($("<h1>").text(page.title),all)})});`,
    };
    const own = ownScript(plan, "site", code[plan.variant] ?? "");
    const loads = `<script src="${library}"></script>${own.element}`;
    return handSite(
      plan,
      contentsOf(plan),
      (content, path) => {
        const place = `<div id="box" class="${box}"></div>`;
        const [body, expected]: [string, Expected] =
          plan.variant === "enhanced"
            ? [pageHtml(content, plan), "fast"]
            : plan.variant === "tabs"
              ? [pageHtml(content.lead, plan, place), content.rest.length === 0 ? "fast" : null]
              : [`<div class="${plan.name("content")}">${place}</div>`, "rich"];
        const rest = blocksHtml(plan.variant === "tabs" ? content.rest : content.blocks, plan);
        return {
          document: { body, end: loads },
          expected,
          answers: [
            [`/part${path}`, { ...html(rest), delayMs: plan.apiMs }],
            [`${plan.apiPath}${path}`, json(content, plan.apiMs)],
          ],
        };
      },
      [[library, script(packaged("jquery/dist/jquery.min.js"))], own.answer],
    );
  },
};
