// Shops: products and lists whose prices alone, or whose all, come by script.
import { contentsOf } from "../web/content.ts";
import { handSite, ownScript } from "../web/hand-site.ts";
import { blocksHtml, pageHtml } from "../web/markup.ts";
import { type Expected, escaped, type Family, html, json } from "../web/site.ts";

export const shop: Family = {
  name: "shop",
  variants: ["prices", "details", "listed", "grid", "reviews"],
  hosts: 5,
  async site(plan) {
    const { variant } = plan;
    const price = `fetch("${plan.apiPath}"+location.pathname).then(function(a){return a.json()}).then(function(d){document.querySelectorAll("[data-price]").forEach(function(e){e.textContent=d.price})});`;
    const part = `fetch("/part"+location.pathname).then(function(a){return a.text()}).then(function(t){document.getElementById("${plan.mount}").innerHTML=t});`;
    const own = ownScript(
      plan,
      "shop",
      variant === "prices" || variant === "listed" ? price : `${price}${part}`,
    );
    const kinds = variant === "listed" || variant === "grid" ? (["list"] as const) : (["product"] as const);
    return handSite(
      plan,
      contentsOf(plan, [...kinds]),
      (content, path) => {
        const offer = `<div class="${plan.name("offer")}"><span data-price="${content.id}"></span> <button type="button">+</button></div>`;
        const box = `<div id="${plan.mount}"></div>`;
        const head = `<h1>${escaped(content.title)}</h1>${offer}`;
        const [body, expected, loaded]: [string, Expected, string] =
          variant === "details" || variant === "grid"
            ? [
                `<div class="${plan.name("content")}">${head}${box}</div>`,
                "rich",
                blocksHtml(content.blocks, plan),
              ]
            : variant === "reviews"
              ? [pageHtml(content, plan, `${offer}${box}`), null, blocksHtml(content.extra, plan)]
              : [pageHtml(content, plan, offer), "fast", ""];
        return {
          document: { body, end: own.element },
          expected,
          answers: [
            [`${plan.apiPath}${path}`, json({ price: `${content.id % 97}.90 €` }, plan.apiMs)],
            [`/part${path}`, { ...html(loaded), delayMs: plan.apiMs }],
          ],
        };
      },
      [own.answer],
    );
  },
};
