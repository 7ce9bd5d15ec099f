import assert from "node:assert/strict";
import { test } from "node:test";
import { documentFrom } from "./testing.ts";

const prose = (topic: string, sentences = 6): string =>
  Array.from(
    { length: sentences },
    (_, at) =>
      `<p>${topic} sentence ${at}, with a clause, and another one, goes on for a good while before it ends.</p>`,
  ).join("");
const menu = `<nav><ul><li><a href=/1>Home</a><li><a href=/2>World news</a></ul></nav>`;
const related = `<div class="related-posts"><h3>Related</h3><ul><li><a href=/r>Another story, quite long, to read</a></ul></div>`;
const text = (html: string): string => documentFrom(html).text;

const shells: readonly [name: string, html: string][] = [
  [
    "article",
    `<body>${menu}<article><h1>T</h1>${prose("Main")}</article><aside>${prose("Aside", 2)}</aside><footer>Copyright</footer>`,
  ],
  [
    "main",
    `<body><header>${menu}</header><main>${prose("Main")}</main><footer><p>Imprint and more.</p></footer>`,
  ],
  [
    "a class that says content",
    `<body><div id=side class=sidebar>${prose("Side", 3)}</div><div class="entry-content">${prose("Main")}</div>`,
  ],
  [
    "itemprop articleBody",
    `<body><div>${prose("Other", 3)}</div><div itemprop=articleBody>${prose("Main")}</div>`,
  ],
  [
    "nothing but divs",
    `<body><div><div>${menu}</div><div><div>${prose("Main")}</div></div><div><a href=/a>a</a> <a href=/b>b</a></div></div>`,
  ],
  ["tables", `<body><table><tr><td>${menu}</td><td>${prose("Main")}</td></tr></table>`],
  [
    "breaks instead of paragraphs",
    `<body>${menu}<div>${prose("Main").replaceAll("<p>", "").replaceAll("</p>", "<br><br>")}</div>`,
  ],
  [
    "a wrapper named after a sidebar",
    `<body><div class="has-sidebar sidebar"><h1>T</h1><div>${prose("Main")}</div></div>`,
  ],
  [
    "hashes for class names",
    `<body>${menu}<article><h1>T</h1>${prose("Main").replaceAll("<p>", '<p class="css-npn9ad">')}</article>`,
  ],
  [
    "advertisements by number and size",
    `<body><article><h1>T</h1>${prose("Main")}<div class="ad300x250">${prose("Advert", 1)}</div><div id=ad2>${prose("Advert", 1)}</div></article>`,
  ],
  ["a builder's widgets", `<body><div class="elementor-widget-container">${prose("Main")}</div>`],
  [
    "comments longer than the text",
    `<body><article><h1>T</h1>${prose("Main")}</article><section id=comments>${prose("Comment", 30)}</section>`,
  ],
  ["related stories inside", `<body><article>${prose("Main")}${related}</article>`],
  [
    "a share bar inside",
    `<body><article><div class="share-buttons"><a href=/s>Share on X</a></div>${prose("Main")}</article>`,
  ],
];

for (const [name, html] of shells) {
  test(`content is found in a page of ${name}`, () => {
    const got = text(html);
    for (let at = 0; at < 6; at++)
      assert.ok(got.includes(`Main sentence ${at},`), `sentence ${at} of ${got}`);
    for (const alien of [
      "World news",
      "Aside",
      "Side",
      "Comment",
      "Another story",
      "Advert",
      "Share on",
      "Copyright",
      "Imprint",
    ])
      assert.ok(!got.includes(alien), `${alien} in ${got}`);
  });
}

test("two parts of one article are both content, in order, and nothing twice", () => {
  const got = text(
    `<article><div class=article-body>${prose("One")}</div><div class=ad>Ad</div><div class=article-body>${prose("Two")}</div></article>`,
  );
  assert.equal(got.match(/One sentence 3,/g)?.length, 1);
  assert.ok(got.indexOf("One sentence 5") < got.indexOf("Two sentence 0") && !got.includes("Ad"));
});

test("the declared articleBody decides between two columns of prose", () => {
  const plain = (topic: string): string => prose(topic).replaceAll("<p>", "").replaceAll("</p>", " ");
  const ld = `<script type="application/ld+json">{"@type":"Article","articleBody":${JSON.stringify(plain("Main"))}}</script>`;
  const got = text(
    `<head>${ld}</head><body><div><div>${prose("Other", 8)}</div><div>${prose("Main")}</div></div>`,
  );
  assert.ok(got.includes("Main sentence 0") && !got.includes("Other"));
});

test("the heading that repeats the title is in the Markdown, not in the text", () => {
  const document = documentFrom(
    `<title>A fine title</title><article><h1>A fine title</h1>${prose("Main")}</article>`,
  );
  assert.ok(document.markdown.startsWith("# A fine title\n\nMain sentence 0"));
  assert.ok(document.text.startsWith("Main sentence 0"));
});

test("a page with little text keeps what it has", () => {
  assert.equal(text("<body><p>Hello.</p>"), "Hello.");
  assert.equal(text(`<body><div class="sidebar"><p>Only here.</p></div>`), "Only here.");
  assert.equal(text("<body>bare text"), "bare text");
  assert.equal(text(""), "");
});

test("prose that begins like a call to action stays", () => {
  const sentence = "Popular music changed, and with it changed the way that people danced.";
  assert.ok(text(`<article>${prose("Main")}<p>${sentence}</p></article>`).includes(sentence));
});

test("full keeps the whole body", () => {
  const document = documentFrom(`<body>${menu}<article>${prose("Main")}</article>`, {
    options: { full: true },
  });
  assert.ok(document.text.includes("World news") && document.text.includes("Main sentence 5"));
});
