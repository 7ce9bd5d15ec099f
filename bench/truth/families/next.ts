// Documents as Next makes them: React drawn on the server with its data beside it, by pages and by server components; pages that the
// server leaves to the browser.
import { appSite, modeOf } from "../web/app-site.ts";
import type { PageData } from "../web/content.ts";
import type { Plan } from "../web/plan.ts";
import { type Family, inScript } from "../web/site.ts";

export const next: Family = {
  name: "next",
  variants: ["pages-ssr", "app-ssr", "pages-client", "pages-island", "app-partial", "app-extras"],
  hosts: 6,
  site(plan) {
    const isApp = plan.variant.startsWith("app-");
    const chunks = Array.from(
      { length: 4 + plan.chance.below(6) },
      (_, at) =>
        `<script src="/_next/static/chunks/${at}${plan.number}.js" ${isApp ? 'async=""' : 'defer=""'}></script>`,
    ).join("");
    const loads = (path: string): string => `<script src="${path}" defer=""></script>`;
    return appSite(plan, {
      client: "react/client.jsx",
      server: "react/server.jsx",
      mount: isApp ? plan.mount : "__next",
      head: `${chunks}<meta name="next-head-count" content="4">`,
      loads,
      ...(isApp ? { island: flight(plan) } : { island: pagesIsland(plan) }),
    });
  },
};

/** The pages router: everything a page was drawn from, as JSON. */
const pagesIsland = (plan: Plan) => ({
  at: "#page-state",
  write: (page: PageData | null): string => {
    const state = {
      props: { pageProps: { page }, __N_SSG: true },
      page: "/[kind]/[id]",
      query: {},
      buildId: plan.siteName,
      isFallback: modeOf(plan) === "client",
    };
    return `<script id="__NEXT_DATA__" type="application/json">${inScript(state)}</script><script type="application/json" id="page-state">${inScript({ page })}</script>`;
  },
});

/** The app router: server components as rows of a stream, each in a script of its own. */
const flight = (plan: Plan) => ({
  at: "window.__flight",
  write: (page: PageData | null): string => {
    const rows = (page?.blocks ?? []).map(
      (block, at) =>
        `${at + 2}:["$","div",null,${JSON.stringify({ className: plan.name(block.kind), children: block.text })}]\n`,
    );
    const pushes = [`0:{"P":null,"b":"${plan.number}"}\n`, ...rows].map(
      (row) => `<script>self.__next_f.push([1,${inScript(row)}])</script>`,
    );
    return `<script>(self.__next_f=self.__next_f||[]).push([0])</script>${pushes.join("")}<script>self.__flight=${inScript({ page })}</script>`;
  },
});
