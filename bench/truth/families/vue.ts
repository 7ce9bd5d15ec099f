// Vue: in the browser alone, with server rendering and hydration, with a part of the page drawn on the server.
import { appSite } from "../web/app-site.ts";
import type { Family } from "../web/site.ts";

export const vue: Family = {
  name: "vue",
  variants: ["ssr", "client", "extras", "partial", "island"],
  hosts: 5,
  site: (plan) =>
    appSite(plan, {
      client: "vue/client.js",
      server: "vue/server.js",
      waiting: plan.chance.pick(["", "", '<div class="loader"></div>']),
      place: (drawn) =>
        drawn === "" || plan.chance.below(2) === 0
          ? `<div id="${plan.mount}">${drawn}</div>`
          : `<div id="${plan.mount}" data-server-rendered="true">${drawn}</div>`,
      // As its builders write it: a module in the head.
      ...(plan.chance.below(2) === 0
        ? { loads: (path: string) => `<script type="module" crossorigin src="${path}"></script>` }
        : {}),
    }),
};
