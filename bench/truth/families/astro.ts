// Pages of islands, as Astro writes them: a static page in which single components come alive, or are drawn by the browser alone. The
// component is Preact's.

import { pageOf } from "../web/app-site.ts";
import { clientBundle, serverRender } from "../web/bundle.ts";
import { contentsOf } from "../web/content.ts";
import { handSite } from "../web/hand-site.ts";
import { pageHtml } from "../web/markup.ts";
import { type Expected, type Family, inScript, json, script } from "../web/site.ts";

export const astro: Family = {
  name: "astro",
  variants: ["static", "island-ssr", "island-only", "island-extras"],
  hosts: 4,
  async site(plan) {
    const { variant } = plan;
    const mode = variant === "island-only" ? "client" : variant === "island-extras" ? "extras" : "ssr";
    const names = Object.fromEntries(
      ["content", "article", "p", "h2", "card", "row", "comment", "wait", "layout"].map((of) => [
        of,
        plan.name(of),
      ]),
    );
    const settings = {
      mode,
      mount: plan.mount,
      api: plan.apiPath,
      island: "#props",
      semantic: plan.isSemantic,
      names,
      wait: "",
    };
    const spec = { plan: settings, isMinified: plan.isMinified };
    const code = await clientBundle({ ...spec, entry: "preact/client.jsx" });
    const draw =
      mode === "client" ? null : await serverRender({ ...spec, entry: "preact/server.jsx" }, plan.host);
    const contents = contentsOf(plan);
    const drawn = new Map(
      await Promise.all(
        contents.map(async (content) => [content.id, (await draw?.(pageOf(content))) ?? ""] as const),
      ),
    );
    const component = `/_astro/Page.${plan.number}.js`;
    const island = (inner: string, directive: string): string =>
      `<astro-island uid="${plan.number}" component-url="${component}" component-export="default" client="${directive}" ssr="" opts='{"name":"Page","value":true}'><div id="${plan.mount}">${inner}</div></astro-island>`;
    const loads = `<script type="module" src="${component}"></script>`;
    return handSite(
      plan,
      contents,
      (content) => {
        const api = `${plan.apiPath}/${content.id}`;
        const props =
          mode === "client"
            ? ""
            : `<script type="application/json" id="props">${inScript({ page: pageOf(content) })}</script>`;
        const bodies: Record<string, [string, Expected]> = {
          static: [pageHtml(content, plan), "fast"],
          "island-ssr": [island(drawn.get(content.id) ?? "", "load"), "fast"],
          "island-only": [island("", "only"), "rich"],
          "island-extras": [island(drawn.get(content.id) ?? "", "visible"), null],
        };
        const [body, expected] = bodies[variant] ?? ["", null];
        return {
          document: {
            body,
            head: `<meta name="generator" content="Astro v5.1.0">`,
            end: variant === "static" ? "" : `${props}${loads}`,
          },
          expected,
          answers: [
            [api, json(pageOf(content), plan.apiMs)],
            [`${api}-extra`, json(content.extra, plan.apiMs)],
          ],
        };
      },
      [[component, script(code)]],
    );
  },
};
