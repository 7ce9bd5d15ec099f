// Angular: an empty app-root, or drawn on the server with its transfer state.
import { appSite } from "../web/app-site.ts";
import type { Family } from "../web/site.ts";

export const angular: Family = {
  name: "angular",
  variants: ["client", "ssr", "island", "extras", "partial"],
  hosts: 5,
  site: (plan) =>
    appSite(plan, {
      client: "angular/client.js",
      server: "angular/server.js",
      isAlwaysMinified: true,
      waiting: plan.chance.pick(["", "", '<div class="app-loading"><div class="logo"></div></div>']),
      place: (drawn) => (drawn.includes("<app-root") ? drawn : `<app-root>${drawn}</app-root>`),
      loads: (path) => `<script src="${path}" type="module"></script>`,
      head: '<base href="/">',
    }),
};
