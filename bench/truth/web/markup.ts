// HTML as a server writes it: blocks, the frame around them, the document with all that real heads and bodies carry beside the text.
import { story } from "../../../demo/prose.ts";
import type { Block, PageData } from "./content.ts";
import type { Plan } from "./plan.ts";
import { escaped, inScript } from "./site.ts";

export function blocksHtml(blocks: readonly Block[], plan: Plan): string {
  const named = (of: string): string => ` class="${plan.name(of)}"`;
  return blocks
    .map((block) => {
      const text = escaped(block.text);
      if (block.kind === "p" || block.kind === "h2")
        return `<${block.kind}${named(block.kind)}>${text}</${block.kind}>`;
      const title = escaped(block.title);
      if (block.kind === "row") return `<div${named("row")}><span>${title}</span> <span>${text}</span></div>`;
      if (block.kind === "comment") return `<div${named("comment")}><b>${title}</b><p>${text}</p></div>`;
      return `<div${named("card")}><h3><a href="${block.href}">${title}</a></h3><p>${text}</p></div>`;
    })
    .join("\n");
}

/** Title, byline and blocks in what the plan calls its main part. */
export function pageHtml(page: PageData, plan: Plan, after = ""): string {
  const [main, article] = plan.isSemantic ? ["main", "article"] : ["div", "div"];
  return `<${main} class="${plan.name("content")}"><${article} class="${plan.name(page.kind)}"><h1>${escaped(page.title)}</h1><p class="${plan.name("byline")}">${escaped(page.byline)}</p>
${blocksHtml(page.blocks, plan)}</${article}>${after}</${main}>`;
}

export function headerHtml(plan: Plan): string {
  const links = Array.from({ length: plan.navLinks }, (_, at) => {
    const { title } = story(plan.lang, 7_000 + plan.number + at, 1);
    return `<li><a href="/section/${at}">${escaped(title.slice(0, 24))}</a></li>`;
  });
  return `<header class="${plan.name("header")}"><a href="/">${plan.siteName}</a><nav class="${plan.name("nav")}"><ul>${links.join("")}</ul></nav></header>`;
}

export function footerHtml(plan: Plan): string {
  const lines = Array.from({ length: plan.footerLines }, (_, at) => {
    const { title, person } = story(plan.lang, 8_000 + plan.number + at, 1);
    return `<p>${escaped(`${title}, ${person}`)}</p>`;
  });
  return `<footer class="${plan.name("footer")}">${lines.join("")}<p>© ${plan.siteName}</p></footer>`;
}

export interface DocumentParts {
  readonly title: string;
  /** Further elements of the head. */
  readonly head?: string;
  readonly body: string;
  /** After the footer, where bundles stand. */
  readonly end?: string;
  /** Attributes of body, with a space before. */
  readonly bodyAttributes?: string;
  /** Header and footer whatever the plan says. */
  readonly framed?: boolean;
  readonly description?: string;
}

export function documentHtml(plan: Plan, parts: DocumentParts): string {
  const { title, head = "", body, end = "", bodyAttributes = "", description } = parts;
  const framed = parts.framed ?? plan.hasOwnFrame;
  const about = description ?? story(plan.lang, 9_000 + plan.number, 1).paragraphs[0]?.slice(0, 150) ?? "";
  const jsonLd = plan.hasJsonLd
    ? `<script type="application/ld+json">${inScript({ "@context": "https://schema.org", "@type": "WebPage", name: title, publisher: { "@type": "Organization", name: plan.siteName } })}</script>`
    : "";
  const pixel = plan.hasNoscript
    ? '<noscript><img height="1" width="1" src="/pixel.gif" alt=""></noscript>'
    : "";
  return `<!doctype html>
<html lang="${plan.lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} | ${plan.siteName}</title><meta name="description" content="${escaped(about)}">${styles(plan.styleBytes)}${jsonLd}${sideScripts(plan)}${head}</head>
<body${bodyAttributes}>${pixel}${framed ? headerHtml(plan) : ""}
${body}
${framed ? footerHtml(plan) : ""}${plan.hasCookieBar ? cookieBar(plan) : ""}${end}</body></html>`;
}

function styles(bytes: number): string {
  let css = "";
  for (let at = 0; css.length < bytes; at++) css += `.s${at}{margin:${at % 9}px;color:#${at % 10}${at % 7}4}`;
  return css === "" ? "" : `<style>${css}</style>`;
}

/** What measures, advertises and tests: much code, no text. */
function sideScripts({ sideScripts: count, number }: Plan): string {
  return Array.from({ length: count }, (_, at) => {
    if (at % 2 === 1) return `<script async src="/side/${number}-${at}.js"></script>`;
    const settings = Array.from(
      { length: 20 + 15 * at },
      (_, key) => `k${key}:"${(number * 7919 + key * 104729).toString(36)}"`,
    );
    return `<script>(function(w){w.dl${at}=w.dl${at}||[];function g(){w.dl${at}.push(arguments)}g("js",1);g("config",{${settings.join(",")}});})(window);</script>`;
  }).join("");
}

export const SIDE_SCRIPT =
  "(function(){var q=[];for(var i=0;i<200;i++)q.push({i:i,t:'event '+i});window.__q=q;})();".repeat(40);

function cookieBar(plan: Plan): string {
  const [text = ""] = story(plan.lang, 6_000, 1).paragraphs;
  return `<div class="${plan.name("consent")}" role="dialog" aria-modal="true"><p>${escaped(text)}</p><button type="button">OK</button></div>`;
}
