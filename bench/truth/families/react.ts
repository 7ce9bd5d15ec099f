// React: in the browser alone, with server rendering and hydration, with a part of the page drawn on the server.
import { appSite } from "../web/app-site.ts";
import type { Family } from "../web/site.ts";

export const react: Family = {
  name: "react",
  variants: ["client", "ssr", "partial", "island", "extras"],
  hosts: 6,
  site: (plan) =>
    appSite(plan, {
      client: "react/client.jsx",
      server: "react/server.jsx",
      waiting: plan.chance.pick(["", "", '<div class="spinner"></div>', "<p>Loading…</p>"]),
      ...(plan.chance.below(2) === 0 ? { head: '<link rel="manifest" href="/manifest.json">' } : {}),
    }),
};
