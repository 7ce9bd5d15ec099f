// Web components by Lit: their text in shadow roots made by script or declared by the server, or in the document itself.
import { appSite } from "../web/app-site.ts";
import type { Family } from "../web/site.ts";

export const lit: Family = {
  name: "lit",
  variants: ["shadow-client", "light-client", "declared-ssr", "shadow-island"],
  hosts: 4,
  site(plan) {
    const tag = `${plan.chance.pick(["site", "my", "ui", "x"])}-${plan.chance.pick(["page", "view", "story"])}`;
    return appSite(plan, {
      client: "lit/client.js",
      server: "lit/server.js",
      settings: { tag, light: plan.variant.startsWith("light-") },
      place: (drawn) => (drawn === "" ? `<${tag}></${tag}>` : drawn),
      loads: (path) => `<script type="module" src="${path}"></script>`,
    });
  },
};
