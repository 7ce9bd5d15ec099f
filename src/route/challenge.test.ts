import assert from "node:assert/strict";
import { test } from "node:test";
// The whole way from markup: what a marker finds is half of the matter.
import { extract } from "../extract/index.ts";
import { extractOptionsSchema } from "../extract/options.ts";
import type { Headers } from "../model/index.ts";
import { challengeOf, routeMarkers, routeOptionsSchema } from "./index.ts";

const MARKERS = routeMarkers(routeOptionsSchema.parse({}));
const OPTIONS = extractOptionsSchema.parse({});

interface Given {
  readonly html: string;
  readonly status?: number;
  readonly headers?: Headers;
  readonly url?: string;
}

function told({ html, status = 200, headers = [], url = "https://shop.test/items/7" }: Given): string | null {
  const all: Headers = [["content-type", "text/html; charset=utf-8"], ...headers];
  const read = extract(
    { url, body: new TextEncoder().encode(html), headers: all, truncated: false },
    OPTIONS,
    MARKERS,
  );
  assert.ok(read.ok);
  return challengeOf({ url, status, headers: all, document: read.value });
}

const running = "Words of an ordinary page, told one after the other until there are enough of them. ".repeat(
  40,
);
const page = (title: string, body: string, head = ""): string =>
  `<!doctype html><html><head><title>${title}</title>${head}</head><body>${body}</body></html>`;

const challenges: readonly [who: string, given: Given, by: RegExp][] = [
  [
    "Cloudflare, by its header alone",
    { status: 403, headers: [["cf-mitigated", "challenge"]], html: "" },
    /Cloudflare.*cf-mitigated/,
  ],
  [
    "Cloudflare's managed challenge, by its page",
    {
      html: page(
        "Just a moment...",
        `<div class="main-wrapper"><noscript>Enable JavaScript and cookies to continue</noscript></div>
         <script>(function(){window._cf_chl_opt={cvId:'3',cType:'managed'};var a=document.createElement('script');
         a.src='/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1?ray=8';})();</script>`,
      ),
    },
    /Cloudflare/,
  ],
  [
    "Cloudflare's refusal",
    {
      status: 403,
      headers: [["server", "cloudflare"]],
      html: page("Attention Required! | Cloudflare", "<h1>Sorry, you have been blocked</h1>"),
    },
    /Cloudflare/,
  ],
  [
    "Akamai's refusal",
    {
      status: 403,
      headers: [["server", "AkamaiGHost"]],
      html: page(
        "Access Denied",
        `<h1>Access Denied</h1>You don't have permission to access "http://shop.test/" on this server.<p>Reference #18.1`,
      ),
    },
    /Akamai/,
  ],
  [
    "Akamai's refusal with its newer address, whatever the server is called",
    {
      status: 403,
      html: page("Access Denied", "<h1>Access Denied</h1><p>https://errors.edgesuite.net/18.6f1</p>"),
    },
    /Akamai/,
  ],
  [
    "Akamai's crypto challenge",
    {
      status: 428,
      html: page(
        "Challenge Validation",
        `<div id="sec-if-cpt-container"></div><script src="/_sec/cp_challenge/sec-cpt-4-5.js"></script>`,
      ),
    },
    /Akamai/,
  ],
  [
    "DataDome's interstitial",
    {
      status: 403,
      headers: [["x-datadome", "protected"]],
      html: page(
        "shop.test",
        `<p id="cmsg">Please enable JS and disable any ad blocker</p>
        <script>var dd={'rt':'c','cid':'A','hsh':'B','t':'fe','host':'geo.captcha-delivery.com'}</script>
        <script src="https://ct.captcha-delivery.com/c.js"></script>`,
      ),
    },
    /DataDome/,
  ],
  [
    "HUMAN's press and hold",
    {
      html: page(
        "Access to this page has been denied",
        `<div id="px-captcha"></div><p>Press &amp; Hold to confirm you are a human (and not a bot).</p>
        <script>window._pxAppId='PX1';window._pxUuid='u';</script>`,
      ),
    },
    /HUMAN/,
  ],
  [
    "Imperva's frame",
    {
      html: `<html><head><META NAME="robots" CONTENT="noindex,nofollow"></head><body><iframe id="main-iframe"
        src="/_Incapsula_Resource?SWUDNSAI=31&xinfo=1&incident_id=1">Request unsuccessful. Incapsula incident ID: 1</iframe></body></html>`,
    },
    /Imperva/,
  ],
  [
    "AWS WAF, by its header",
    { status: 202, headers: [["x-amzn-waf-action", "challenge"]], html: "" },
    /AWS WAF/,
  ],
  [
    "AWS WAF, by its page",
    {
      status: 405,
      html: page(
        "Human Verification",
        `<script>window.gokuProps={"key":"k"}</script><script src="https://a.b.token.awswaf.com/a/challenge.js"></script><div id="captcha-container"></div>`,
      ),
    },
    /AWS WAF/,
  ],
  [
    "Kasada",
    {
      status: 429,
      html: `<html><head></head><body><script>window.KPSDK={};KPSDK.now=Date.now</script><script src="/149e9513/ips.js?x"></script></body></html>`,
    },
    /Kasada/,
  ],
  [
    "Sucuri's script challenge",
    {
      html: `<html><title>You are being redirected...</title><noscript>Javascript is required.</noscript><script>var s={},u;sucuri_cloudproxy_js='';</script></html>`,
    },
    /Sucuri/,
  ],
  [
    "Sucuri's refusal",
    {
      status: 403,
      headers: [["server", "Sucuri/Cloudproxy"]],
      html: page(
        "Sucuri WebSite Firewall - Access Denied",
        "<h1>Access Denied - Sucuri Website Firewall</h1><p>Block ID: BNP005</p>",
      ),
    },
    /Sucuri/,
  ],
  [
    "F5's refusal",
    {
      html: page(
        "Request Rejected",
        "The requested URL was rejected. Please consult with your administrator.<br>Your support ID is: 1<br><a href='javascript:history.back();'>[Go Back]</a>",
      ),
    },
    /F5/,
  ],
  ["Vercel", { status: 429, headers: [["x-vercel-mitigated", "challenge"]], html: "" }, /Vercel/],
  [
    "Anubis",
    {
      html: page(
        "Making sure you're not a bot!",
        `<main><h1>Making sure you're not a bot!</h1><p id="status">Loading...</p></main><script id="anubis_challenge" type="application/json">{}</script>`,
      ),
    },
    /Anubis/,
  ],
  [
    "reCAPTCHA and nothing else",
    {
      html: page(
        "https://shop.test/",
        `<form id="captcha-form" method="post"><div id="recaptcha" class="g-recaptcha" data-sitekey="k"></div><input type="hidden" name="q">
         </form><hr>About this page<br>Our systems have detected unusual traffic from your computer network. This page checks to see
         if it's really you sending the requests, and not a robot.<script src="https://www.google.com/recaptcha/api.js"></script>`,
      ),
    },
    /captcha/,
  ],
  [
    "hCaptcha and nothing else, in any language",
    {
      html: page(
        "잠시만요",
        `<p>계속하려면 확인하세요</p><div class="h-captcha" data-sitekey="k"></div><script src="https://js.hcaptcha.com/1/api.js"></script>`,
      ),
    },
    /captcha/,
  ],
  [
    "Turnstile and nothing else",
    {
      html: page(
        "One step",
        `<form><div class="cf-turnstile" data-sitekey="k"></div></form><script src="https://challenges.cloudflare.com/turnstile/v0/api.js"></script>`,
      ),
    },
    /captcha/,
  ],
  [
    "letters to copy out of a picture",
    {
      html: page(
        "Shop",
        `<h4>Enter the characters you see below</h4><p>Sorry, we just need to make sure you're not a robot.</p>
         <form method="get" action="/errors/validateCaptcha"><input type="hidden" name="amzn"><img src="/captcha/x.jpg"><input type="text" name="field-keywords"></form>
         <a href="/conditions">Conditions</a><a href="/privacy">Privacy</a>`,
      ),
    },
    /captcha/,
  ],
  [
    "a login form in the place of a page",
    {
      url: "https://board.test/threads/4711",
      html: page(
        "Board",
        `<h1>Please log in</h1><form><input name="u"><input type="password" name="p"><button>Go</button></form>`,
      ),
    },
    /login/,
  ],
  [
    "a login page that remembers what was asked for",
    {
      url: "https://board.test/login?next=%2Fthreads%2F4711",
      html: page("Log in", `<form><input name="u"><input type="password" name="p"></form>`),
    },
    /login/,
  ],
];

for (const [who, given, by] of challenges)
  test(`a challenge: ${who}`, () => assert.match(told(given) ?? "a page", by));

const pages: readonly [what: string, given: Given][] = [
  ["an article", { html: page("News", `<article>${running}</article>`) }],
  [
    "an article about challenges that quotes their markup",
    {
      html: page(
        "Just a moment...",
        `<article><h1>Just a moment...</h1><p>${running}</p><pre>&lt;script&gt;window._cf_chl_opt={}&lt;/script&gt; px-captcha captcha-delivery.com</pre>
         <p>Incapsula incident ID, errors.edgesuite.net, your support ID is. Are you a robot?</p></article>`,
      ),
    },
  ],
  [
    "a short page that only names them",
    {
      html: page(
        "Attention Required! | Cloudflare",
        "<p>We moved from Cloudflare to Akamai. Access denied no more.</p>",
      ),
    },
  ],
  ["a short page with a challenge's title", { html: page("Just a moment...", "<p>A poem of a moment.</p>") }],
  [
    "an ordinary page behind Cloudflare, with its detections",
    {
      headers: [
        ["server", "cloudflare"],
        ["cf-ray", "8"],
      ],
      html: page(
        "Shop",
        `<h1>Shop</h1><p>Open again soon.</p><script>(function(){window.__CF$cv$params={r:'8'};var a=document.createElement('script');a.src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'})()</script>`,
      ),
    },
  ],
  [
    "an ordinary page behind DataDome",
    {
      headers: [["x-datadome", "protected"]],
      html: page("Shop", `<p>Short.</p><script src="https://js.datadome.co/tags.js"></script>`),
    },
  ],
  [
    "an ordinary page behind HUMAN",
    {
      html: page(
        "Shop",
        `<p>Short.</p><script>window._pxAppId='PX1'</script><script src="https://client.px-cloud.net/PX1/main.min.js"></script>`,
      ),
    },
  ],
  [
    "an ordinary page behind Imperva",
    {
      html: page(
        "Shop",
        `<p>Short.</p><script src="/_Incapsula_Resource?SWJIYLWA=719d34d31c8e3a6e6fffd425f7e032f3"></script>`,
      ),
    },
  ],
  [
    "an ordinary page behind AWS WAF",
    {
      html: page(
        "Shop",
        `<p>Short.</p><script src="https://a.edge.sdk.awswaf.com/a/challenge.js" defer></script>`,
      ),
    },
  ],
  [
    "an ordinary page behind Kasada",
    {
      html: page(
        "Shop",
        `<p>${"Words. ".repeat(20)}</p><script>window.KPSDK={};</script><script src="/149e9513/p.js"></script>`,
      ),
    },
  ],
  [
    "a contact form with a captcha",
    {
      html: page(
        "Contact",
        `<h1>Write to us</h1><form><input name="name"><input type="email" name="mail"><textarea name="text"></textarea>
         <div class="g-recaptcha" data-sitekey="k"></div><button>Send</button></form><p>Are you a robot? Then not.</p>`,
      ),
    },
  ],
  [
    "a page coming soon whose newsletter has a captcha",
    {
      html: page(
        "Soon",
        `<h1>Coming soon</h1><form><input type="email"><div class="h-captcha"></div><button>Tell me</button></form>`,
      ),
    },
  ],
  [
    "an application's shell with an invisible captcha",
    {
      html: page(
        "App",
        `<div id="root"></div><script src="/app.js"></script><script src="https://www.google.com/recaptcha/api.js?render=k"></script>`,
      ),
    },
  ],
  [
    "an article with a captcha under its comments",
    {
      html: page(
        "News",
        `<article>${running}</article><form><textarea></textarea><div class="g-recaptcha"></div></form>`,
      ),
    },
  ],
  [
    "a login page asked for by its name",
    {
      url: "https://board.test/login",
      html: page("Log in", `<form><input name="u"><input type="password" name="p"></form>`),
    },
  ],
  [
    "a page with a login form in its margin",
    {
      url: "https://board.test/threads/4711",
      html: page("Thread", `<p>${running}</p><form><input name="u"><input type="password" name="p"></form>`),
    },
  ],
  [
    "a site's front page that is a login form",
    {
      url: "https://intranet.test/",
      html: page("Intranet", `<form><input name="u"><input type="password" name="p"></form>`),
    },
  ],
  [
    "a form to register",
    {
      url: "https://board.test/new",
      html: page(
        "New",
        `<form><input name="a"><input name="b"><input name="c"><input type="password"><input type="password"></form>`,
      ),
    },
  ],
  ["an error page of the site's own", { status: 403, html: page("403 Forbidden", "<h1>Forbidden</h1>") }],
  [
    "Apache's refusal",
    {
      status: 403,
      headers: [["server", "Apache"]],
      html: page("Access Denied", "<p>You don't have permission to access /x on this server.</p>"),
    },
  ],
  ["a busy server", { status: 503, html: page("503", "<h1>Service unavailable</h1>") }],
  ["an empty page", { html: "" }],
];

for (const [what, given] of pages) test(`no challenge: ${what}`, () => assert.equal(told(given), null));
