// Preact: as React, a tenth of its size; pages drawn beforehand, and pages drawn in the browser.
import { appSite } from "../web/app-site.ts";
import type { Family } from "../web/site.ts";

export const preact: Family = {
  name: "preact",
  variants: ["ssr", "client", "partial", "island", "extras"],
  hosts: 5,
  site: (plan) =>
    appSite(plan, {
      client: "preact/client.jsx",
      server: "preact/server.jsx",
      loads: (path) => `<script type="module" src="${path}"></script>`,
    }),
};
