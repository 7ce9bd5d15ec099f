// Every family, and which of them the router may learn from. Fixed before anything was measured: see docs/bench-of-truth.md.
import { planOf } from "../web/plan.ts";
import type { Family, TruthSite } from "../web/site.ts";
import { alpine } from "./alpine.ts";
import { angular } from "./angular.ts";
import { astro } from "./astro.ts";
import { consent } from "./consent.ts";
import { docs } from "./docs.ts";
import { failing } from "./failing.ts";
import { htmx } from "./htmx.ts";
import { jquery } from "./jquery.ts";
import { lazy } from "./lazy.ts";
import { lit } from "./lit.ts";
import { mithril } from "./mithril.ts";
import { next } from "./next.ts";
import { nuxt } from "./nuxt.ts";
import { portal } from "./portal.ts";
import { preact } from "./preact.ts";
import { press } from "./press.ts";
import { qwik } from "./qwik.ts";
import { react } from "./react.ts";
import { redirect } from "./redirect.ts";
import { shop } from "./shop.ts";
import { solid } from "./solid.ts";
import { svelte } from "./svelte.ts";
import { turbo } from "./turbo.ts";
import { unsaid } from "./unsaid.ts";
import { vanilla } from "./vanilla.ts";
import { vue } from "./vue.ts";

/** Learned from: all of their hosts but the last of each, which is judged apart. */
const LEARNED: readonly Family[] = [
  react,
  vue,
  svelte,
  next,
  jquery,
  press,
  docs,
  shop,
  unsaid,
  consent,
  lazy,
  failing,
  portal,
];

/** Judged on alone: none of their pages, hosts or frameworks is learned from. */
const JUDGED: readonly Family[] = [
  angular,
  nuxt,
  preact,
  solid,
  mithril,
  lit,
  htmx,
  alpine,
  turbo,
  astro,
  qwik,
  redirect,
  vanilla,
];

export type Part = "learned" | "other hosts" | "other frameworks";

export interface PlacedSite extends TruthSite {
  readonly part: Part;
}

export async function allSites(): Promise<PlacedSite[]> {
  const sites: PlacedSite[] = [];
  let number = 0;
  for (const family of [...LEARNED, ...JUDGED])
    for (let host = 0; host < family.hosts; host++) {
      const variant = family.variants[host % family.variants.length] ?? "";
      const site = await family.site(planOf(family.name, variant, ++number));
      const isLast = host === family.hosts - 1;
      const part = JUDGED.includes(family) ? "other frameworks" : isLast ? "other hosts" : "learned";
      sites.push({ ...site, part });
    }
  return sites;
}
