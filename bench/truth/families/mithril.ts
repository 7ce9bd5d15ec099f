// Mithril in the browser alone: a small framework that no table names.
import { appSite } from "../web/app-site.ts";
import type { Family } from "../web/site.ts";

export const mithril: Family = {
  name: "mithril",
  variants: ["island", "client"],
  hosts: 3,
  site: (plan) => appSite(plan, { client: "mithril/client.js", server: null }),
};
