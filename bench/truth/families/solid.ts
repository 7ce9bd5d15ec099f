// Solid in the browser alone, its data asked for or in the page.
import { appSite } from "../web/app-site.ts";
import type { Family } from "../web/site.ts";

export const solid: Family = {
  name: "solid",
  variants: ["client", "island"],
  hosts: 3,
  site: (plan) =>
    appSite(plan, {
      client: "solid/client.js",
      server: null,
      waiting: plan.chance.pick(["", "", '<div class="skeleton"></div>']),
      loads: (path) => `<script src="${path}" type="module"></script>`,
    }),
};
