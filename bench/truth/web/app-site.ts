// A host whose pages an application draws: in the browser alone, on the server first, or partly there. What is the framework's own
// comes from its family; how the text comes to the page is told by the host's mode.
import { type BundleSpec, clientBundle, serverRender } from "./bundle.ts";
import { type Content, contentsOf, type PageData } from "./content.ts";
import { documentHtml } from "./markup.ts";
import type { Plan } from "./plan.ts";
import {
  type Answer,
  type Expected,
  html,
  inScript,
  json,
  script,
  type TruthPage,
  type TruthSite,
} from "./site.ts";

/**
 * `client`: an empty element, the data asked for by script. `island`: the data in the page, drawn by script. `ssr`: drawn on the
 * server, made alive in the browser. `partial`: the beginning drawn on the server, the rest by script. `extras`: all of it drawn
 * on the server, what stands beside it by script.
 */
export type Mode = "client" | "island" | "ssr" | "partial" | "extras";

const MODES: readonly Mode[] = ["client", "island", "ssr", "partial", "extras"];

/** A host's mode, where its variant is one or ends with one: `app-ssr`. */
export function modeOf({ variant }: Plan): Mode {
  const mode = MODES.find((mode) => variant === mode || variant.endsWith(`-${mode}`));
  if (mode === undefined) throw new Error(`${variant}: names no mode`);
  return mode;
}

export interface AppParts {
  /** Its client bundle's entry below sites/src. */
  readonly client: string;
  /** What draws it on the server; null where only the browser can. */
  readonly server: string | null;
  readonly mount?: string;
  /** Nobody serves it otherwise. */
  readonly isAlwaysMinified?: boolean;
  /** Further names that the application is built with. */
  readonly settings?: object;
  /** Where the data lies in the page: how the application finds it and how it is written. */
  readonly island?: { readonly at: string; write(page: PageData | null): string };
  /** The element the application fills; `drawn` is what it holds. */
  place?(drawn: string): string;
  /** How the page names its bundle. */
  loads?(path: string): string;
  /** Inside the empty element, until the script has run. */
  readonly waiting?: string;
  /** Elements of the head that only this framework has. */
  readonly head?: string;
  readonly bodyAttributes?: string;
}

const EXPECTED: Readonly<Record<Mode, Expected>> = {
  client: "rich",
  island: "rich",
  ssr: "fast",
  partial: "rich",
  extras: null,
};

const NAMED = [
  "layout",
  "content",
  "article",
  "list",
  "product",
  "note",
  "byline",
  "p",
  "h2",
  "row",
  "card",
  "comment",
  "wait",
];

export async function appSite(plan: Plan, parts: AppParts): Promise<TruthSite> {
  const { mount = plan.mount } = parts;
  const mode = modeOf(plan);
  const island = parts.island ?? plainIsland(plan);
  const settings = {
    mode,
    mount,
    api: plan.apiPath,
    island: island.at,
    semantic: plan.isSemantic,
    names: Object.fromEntries(NAMED.map((of) => [of, plan.name(of)])),
    wait: plan.chance.pick(["Loading…", "…", "Please wait", ""]),
    ...parts.settings,
  };
  const bundle = (entry: string): BundleSpec => ({
    entry,
    plan: settings,
    isMinified: plan.isMinified || parts.isAlwaysMinified === true,
  });
  const code = await clientBundle(bundle(parts.client));
  const isDrawn = mode === "ssr" || mode === "partial" || mode === "extras";
  if (isDrawn && parts.server === null) throw new Error(`${plan.family}: nothing draws it on the server`);
  const draw = isDrawn && parts.server !== null ? await serverRender(bundle(parts.server), plan.host) : null;
  const place = parts.place ?? ((drawn: string) => `<div id="${mount}">${drawn}</div>`);
  const loads = parts.loads ?? ((path: string) => `<script defer src="${path}"></script>`);
  const loaded = plan.isInline
    ? `<script>addEventListener("DOMContentLoaded",function(){${code.replaceAll("</script", "<\\/script")}})</script>`
    : loads(plan.bundlePath);
  const answers = new Map<string, Answer>([[plan.bundlePath, script(code)]]);
  const pages: TruthPage[] = [];
  for (const content of contentsOf(plan)) {
    const first = firstOf(content, mode);
    const drawn = draw === null ? (parts.waiting ?? "") : await draw(first);
    const path = `/${content.kind}/${content.id}`;
    const data = mode === "client" ? "" : island.write(first);
    answers.set(
      path,
      html(
        documentHtml(plan, {
          title: mode === "client" && plan.chance.below(2) === 0 ? plan.siteName : content.title,
          head: `${parts.head ?? ""}${plan.isInline ? "" : `<link rel="preload" as="script" href="${plan.bundlePath}">`}`,
          body: place(drawn),
          end: `${data}${loaded}`,
          ...(parts.bodyAttributes === undefined ? {} : { bodyAttributes: parts.bodyAttributes }),
        }),
      ),
    );
    const api = `${plan.apiPath}/${content.id}`;
    answers.set(api, json(pageOf(content), plan.apiMs));
    answers.set(`${api}-rest`, json(content.rest, plan.apiMs));
    answers.set(`${api}-extra`, json(content.extra, plan.apiMs));
    pages.push({ path, expected: mode === "partial" && content.rest.length === 0 ? "fast" : EXPECTED[mode] });
  }
  return { host: plan.host, family: plan.family, variant: plan.variant, pages, answers };
}

export const pageOf = ({ id, kind, title, byline, blocks }: Content): PageData => ({
  id,
  kind,
  title,
  byline,
  blocks,
});

function firstOf(content: Content, mode: Mode): PageData | null {
  if (mode === "client") return null;
  return mode === "partial" ? content.lead : pageOf(content);
}

/** Data as many sites put it into their pages, under names of their own. */
function plainIsland(plan: Plan): NonNullable<AppParts["island"]> {
  const name = plan.chance.pick(["__DATA__", "__INITIAL_STATE__", "pageData", "__APP_STATE__", "bootstrap"]);
  if (plan.chance.below(2) === 0)
    return {
      at: `window.${name}`,
      write: (page) =>
        `<script>window.${name}=${inScript({ page, settings: { site: plan.siteName } })}</script>`,
    };
  const id = `${name}-json`.replaceAll("_", "x");
  return {
    at: `#${id}`,
    write: (page) => `<script type="application/json" id="${id}">${inScript({ page })}</script>`,
  };
}
