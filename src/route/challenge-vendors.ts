// What the pages look like that stand in the way of others, as data: a sign alone proves nothing unless it is one that only
// such a page bears. What protects a site quietly (a script on every page, a header on every answer) is no sign.
import type { RouteMarker } from "../model/index.ts";

/** Above so many characters of visible text a page says something of its own. */
const THIN = 2_000;

export interface Vendor {
  readonly name: string;
  /** Header fields that only a challenge or a refusal bears; the value as a pattern. */
  readonly headers?: readonly (readonly [name: string, value: RegExp])[];
  /** Headers of every answer of theirs: a sign on an error page with a title of theirs. */
  readonly servers?: readonly (readonly [name: string, value: RegExp])[];
  /** Titles of theirs: a sign beside a marker, beside such a header, or on an error page. */
  readonly titles?: RegExp;
  /** In inline code or as an element's id. */
  readonly literals?: readonly string[];
  /** In an attribute of the element. */
  readonly attributes?: readonly (readonly [element: string, text: string])[];
  /** Words of the page. */
  readonly phrases?: readonly string[];
  /** The markers prove it only where the page shows less than so many characters. */
  readonly visibleBelow?: number;
}

export const VENDORS: readonly Vendor[] = [
  {
    name: "Cloudflare",
    headers: [["cf-mitigated", /^challenge$/i]],
    servers: [["server", /^cloudflare$/i]],
    titles:
      /^(?:just a moment|attention required! \| cloudflare|please wait\.\.\. \| cloudflare|access denied \|)/i,
    // `challenge-platform` alone is on ordinary pages too (its JavaScript detections).
    literals: ["_cf_chl_opt", "cf-challenge-running", "cf-please-wait"],
  },
  {
    name: "Akamai",
    servers: [["server", /^AkamaiGHost$/i]],
    titles: /^access denied$/i,
    literals: ["sec-if-cpt-container", "sec-bc-tile-container"],
    attributes: [["script", "/_sec/cp_challenge/"]],
    phrases: ["errors edgesuite net"],
  },
  {
    name: "DataDome",
    headers: [["x-dd-b", /./]],
    literals: ["captcha-delivery.com"],
    attributes: [
      ["script", "captcha-delivery.com"],
      ["iframe", "captcha-delivery.com"],
    ],
  },
  {
    name: "HUMAN (PerimeterX)",
    titles: /^access to this page has been denied/i,
    literals: ["px-captcha", "_pxUuid"],
    attributes: [
      ["script", "captcha.px-cdn.net"],
      ["script", "captcha.px-cloud.net"],
    ],
  },
  {
    name: "Imperva",
    titles: /^pardon our interruption/i,
    attributes: [["iframe", "_incapsula_resource"]],
    phrases: ["incapsula incident id"],
  },
  {
    name: "AWS WAF",
    headers: [["x-amzn-waf-action", /^(?:challenge|captcha)$/i]],
    titles: /^human verification$/i,
    literals: ["gokuProps"],
  },
  { name: "Kasada", literals: ["KPSDK"], visibleBelow: 50 },
  {
    name: "Sucuri",
    headers: [["x-sucuri-block", /./]],
    titles: /^sucuri website firewall/i,
    literals: ["sucuri_cloudproxy_js"],
    phrases: ["sucuri website firewall"],
    visibleBelow: 1_500,
  },
  { name: "F5", phrases: ["your support id is"], titles: /^request rejected$/i, visibleBelow: 500 },
  { name: "Vercel", headers: [["x-vercel-mitigated", /^(?:challenge|deny)$/i]] },
  {
    name: "DDoS-Guard",
    titles: /^ddos-guard$/i,
    attributes: [["script", "/.well-known/ddos-guard/"]],
    visibleBelow: 500,
  },
  { name: "Anubis", literals: ["anubis_challenge"] },
];

export const CAPTCHA_WIDGET = "captcha widget";
export const ROBOT_CHECK = "robot check";
export const vendorMarker = ({ name }: Vendor): string => `challenge: ${name}`;

export const CHALLENGE_MARKERS: readonly RouteMarker[] = [
  ...VENDORS.flatMap((vendor): RouteMarker[] => {
    const id = vendorMarker(vendor);
    const visibleBelow = THIN;
    return [
      ...(vendor.literals ?? []).map((text): RouteMarker => ({ id, kind: "literal", text, visibleBelow })),
      ...(vendor.attributes ?? []).map(
        ([name, attributesContain]): RouteMarker => ({
          id,
          kind: "tag",
          name,
          attributesContain,
          visibleBelow,
        }),
      ),
      ...(vendor.phrases === undefined
        ? []
        : [{ id, kind: "phrase", phrases: vendor.phrases, visibleBelow: 1_500 } as const]),
    ];
  }),
  {
    id: CAPTCHA_WIDGET,
    kind: "word",
    words: ["captcha", "recaptcha", "hcaptcha", "turnstile"],
    unless: ["badge", "invisible", "notice", "terms"],
    notOn: ["script", "link", "style", "meta", "textarea", "html", "body"],
    visibleBelow: THIN,
  },
  {
    id: CAPTCHA_WIDGET,
    kind: "tag",
    name: "form",
    attributesContain: "validatecaptcha",
    visibleBelow: THIN,
  },
  {
    id: ROBOT_CHECK,
    kind: "phrase",
    phrases: [
      "not a robot",
      "are you a robot",
      "are you human",
      "you are human",
      "you re human",
      "you are a human",
      "not a bot",
      "unusual traffic",
      "security check",
      "complete the captcha",
      "solve the captcha",
    ],
    visibleBelow: 1_500,
  },
];
