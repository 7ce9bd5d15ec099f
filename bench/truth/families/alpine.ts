// Alpine: attributes that draw a list from data in the page or from an API, or that only open and close what is there.

import { pageOf } from "../web/app-site.ts";
import { packaged } from "../web/bundle.ts";
import { type Content, contentsOf } from "../web/content.ts";
import { handSite } from "../web/hand-site.ts";
import { pageHtml } from "../web/markup.ts";
import { type Expected, escaped, type Family, json, script } from "../web/site.ts";

const LIST = `<template x-for="block in page.blocks"><div><h3 x-text="block.title" x-show="block.title"></h3><p x-text="block.text"></p></div></template>`;

export const alpine: Family = {
  name: "alpine",
  variants: ["toggles", "fetched", "inline", "menus"],
  hosts: 4,
  async site(plan) {
    const library = plan.chance.pick(["/js/alpine.js", "/build/app.js"]);
    return handSite(
      plan,
      contentsOf(plan),
      (content, path) => {
        const bodies: Record<string, [string, Expected]> = {
          toggles: [
            `<div x-data="{ open: true, count: 0 }">${pageHtml(content, plan, '<button @click="count++" x-text="count">0</button>')}</div>`,
            "fast",
          ],
          menus: [
            `<div x-data="{ menu: false }"><button @click="menu = !menu">≡</button><ul x-show="menu"><li>A</li></ul></div>${pageHtml(content, plan)}`,
            "fast",
          ],
          fetched: [
            `<div x-data="{ page: { title: '', blocks: [] } }" x-init="page = await (await fetch('${plan.apiPath}${path}')).json()"><h1 x-text="page.title"></h1>${LIST}</div>`,
            "rich",
          ],
          inline: [
            `<div x-data="${escaped(`{ page: ${JSON.stringify(pageOf(content satisfies Content))} }`)}"><h1 x-text="page.title"></h1>${LIST}</div>`,
            "rich",
          ],
        };
        const [body, expected] = bodies[plan.variant] ?? ["", null];
        return {
          document: { body, head: `<script defer src="${library}"></script>` },
          expected,
          answers: [[`${plan.apiPath}${path}`, json(pageOf(content), plan.apiMs)]],
        };
      },
      [[library, script(packaged("alpinejs/dist/cdn.min.js"))]],
    );
  },
};
