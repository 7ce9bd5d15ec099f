// Svelte, and SvelteKit's documents: compiled components in the browser alone or drawn on the server.
import { appSite } from "../web/app-site.ts";
import type { Family } from "../web/site.ts";

export const svelte: Family = {
  name: "svelte",
  variants: ["client", "ssr", "kit-ssr", "kit-client", "partial"],
  hosts: 5,
  site(plan) {
    const isKit = plan.variant.startsWith("kit-");
    const place = (drawn: string): string =>
      `<div style="display: contents" id="${plan.mount}">${drawn}</div>`;
    const loads = (path: string): string =>
      `<script>{ __sveltekit_${plan.number} = { base: new URL(".", location).pathname.slice(0, -1) };
const element = document.currentScript.parentElement;
import("${path}").then((app) => app); }</script>`;
    return appSite(plan, {
      client: "svelte/client.js",
      server: "svelte/server.js",
      ...(isKit
        ? {
            place,
            loads,
            head: `<link rel="modulepreload" href="${plan.bundlePath}">`,
            bodyAttributes: ' data-sveltekit-preload-data="hover"',
          }
        : {}),
    });
  },
};
