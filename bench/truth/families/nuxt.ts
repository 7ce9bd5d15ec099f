// Documents as Nuxt makes them: Vue drawn on the server with its state beside it, or left to the browser.
import { appSite } from "../web/app-site.ts";
import type { PageData } from "../web/content.ts";
import { type Family, inScript } from "../web/site.ts";

export const nuxt: Family = {
  name: "nuxt",
  variants: ["2-ssr", "3-ssr", "3-client", "2-client", "3-extras"],
  hosts: 5,
  site(plan) {
    const isSecond = plan.variant.startsWith("2-");
    const island = isSecond
      ? {
          at: "window.__NUXT__",
          write: (page: PageData | null): string =>
            `<script>window.__NUXT__=(function(a,b){return {layout:"default",data:[{}],error:null,serverRendered:true,page:${inScript(page)},a:a,b:b}}(null,true))</script>`,
        }
      : {
          at: "#nuxt-page",
          write: (page: PageData | null): string =>
            `<script type="application/json" data-nuxt-data="nuxt-app" data-ssr="true" id="__NUXT_DATA__">${inScript([["Reactive", 1], { data: 2 }, page])}</script><script type="application/json" id="nuxt-page">${inScript({ page })}</script><script>window.__NUXT__={};window.__NUXT__.config={public:{},app:{baseURL:"/",buildAssetsDir:"/_nuxt/"}}</script>`,
        };
    return appSite(plan, {
      client: "vue/client.js",
      server: "vue/server.js",
      mount: "__nuxt",
      island,
      waiting: plan.chance.pick([
        "",
        '<div id="nuxt-loading" aria-live="polite" role="status"><div>Loading...</div></div>',
      ]),
      loads: (path) =>
        isSecond
          ? `<script src="${path}" defer></script>`
          : `<script type="module" src="${path}" crossorigin></script>`,
      head: `<link rel="modulepreload" as="script" crossorigin href="${plan.bundlePath}">`,
    });
  },
};
