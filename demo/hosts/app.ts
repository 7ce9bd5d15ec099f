// A site that a browser has to run: its pages hold a spinner and a small inline script, and their text, some links and some search
// words exist only once that has run. One server-rendered page with framework markers shows the other side.
import { escapeHtml, frame, paragraphs } from "../layout.ts";
import { story } from "../prose.ts";
import type { Web } from "../site.ts";
import { withWord } from "../words.ts";

const SHELL = "Please wait while the reading room opens.";
const PAGES = 8;

interface View {
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly links: readonly (readonly [label: string, href: string])[];
}

/** By the router's table: 100 − 30 (little text) − 20 (spinner) − 10 (noscript) − 25 (bundle) = 15, so the rich lane. */
function shell(title: string, view: View): string {
  const data = JSON.stringify(view).replaceAll("<", "\\u003c");
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<style>body{font:17px/1.6 system-ui;max-width:46rem;margin:2rem auto}.spinner{width:2rem;height:2rem;border:4px solid #ddd;border-top-color:#07c;border-radius:50%;animation:s 1s linear infinite}@keyframes s{to{transform:rotate(1turn)}}</style>
</head>
<body>
<div id="root"><div class="spinner"></div><p>${SHELL}</p></div>
<noscript>This page needs JavaScript.</noscript>
<script src="/assets/app.bundle.js" defer></script>
<script>
addEventListener("DOMContentLoaded", () => {
  const view = ${data};
  const root = document.getElementById("root");
  const add = (parent, name, text) => { const node = document.createElement(name); if (text) node.textContent = text; parent.append(node); return node; };
  root.replaceChildren();
  document.title = view.title;
  const article = add(root, "article");
  add(article, "h1", view.title);
  for (const text of view.paragraphs) add(article, "p", text);
  const nav = add(root, "nav");
  for (const [label, href] of view.links) add(nav, "a", label).href = href;
});
</script>
</body>
</html>
`;
}

export function addApp(web: Web): void {
  for (let index = 0; index < PAGES; index++) {
    const told = story("en", 7001 + index, 5);
    const words = index === 2 || index === 5 ? ["astrolabe"] : [];
    // Pages 1–4 are linked from the shelf; the others only by what a script writes.
    const links = [
      ["Shelf", "/"],
      [`Room ${((index + 4) % PAGES) + 1}`, `/rooms/${((index + 4) % PAGES) + 1}`],
    ] as const;
    web.page("app", `/rooms/${index + 1}`, {
      kind: index < 4 ? "needs JavaScript" : "needs JavaScript, linked by a script",
      html: shell(`Room ${index + 1}`, {
        title: told.title,
        paragraphs: [...told.paragraphs, ...words.map((word) => withWord("en", word))],
        links,
      }),
      title: `Room ${index + 1}`,
      sentence: SHELL,
      lang: "en",
      lane: "rich",
      words: words.map((word) => ["en", word] as const),
      rendered: { title: told.title, sentence: told.sentence, links: links.map(([, href]) => href) },
    });
  }
  const rooms = Array.from(
    { length: 4 },
    (_, index) => `<li><a href="/rooms/${index + 1}">Room ${index + 1}</a></li>`,
  ).join("");
  const sentence = "The reading room keeps eight books, four of which are on this shelf.";
  web.page("app", "/", {
    kind: "home",
    html: frame({
      lang: "en",
      title: "The reading room",
      siteName: "Reading room",
      accent: "#0077cc",
      nav: [["Rendered on the server", "/server"]],
      main: `<h1>The reading room</h1>\n<p>${sentence}</p>\n<ul>${rooms}</ul>`,
    }),
    title: "The reading room",
    sentence,
    lang: "en",
  });

  // Framework markers, but the text is all there: 100 − 30 + 20 + 15 = 105 with its article and main, so the fast lane.
  const told = story("en", 7101, 5);
  const state = `<script id="__NEXT_DATA__" type="application/json">{"props":{"pageProps":{"id":7101}}}</script>`;
  web.page("app", "/server", {
    kind: "rendered on the server, with framework markers",
    html: frame({
      lang: "en",
      title: told.title,
      siteName: "Reading room",
      accent: "#0077cc",
      nav: [["Shelf", "/"]],
      main: `<article><h1>${escapeHtml(told.title)}</h1>\n${paragraphs(told.paragraphs)}</article>\n${state}`,
    }),
    title: told.title,
    sentence: told.sentence,
    lang: "en",
  });
  web.control("app", "/assets/app.bundle.js", "text/javascript", "window.readingRoom = { version: 1 };\n");
}
