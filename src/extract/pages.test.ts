import assert from "node:assert/strict";
import { test } from "node:test";
import { documentFrom } from "./testing.ts";

/** A page as sites frame theirs: a menu before, a footer behind that has more prose than many a page. */
const framed = (main: string): string =>
  `<!doctype html><html><head><title>T</title></head><body><header><nav><a href=/>Home</a> <a href=/a>About us</a></nav></header>
  ${main}<footer><p>© 2024 Example Company. All rights reserved. Terms, privacy and cookies apply here.</p></footer></body></html>`;

const L =
  "The quick brown fox jumps over the lazy dog, and then it sleeps for a long while under the old tree near the river.";
const AT = "http://site.example";

const pages: readonly [kind: string, html: string, markdown: string, text: string][] = [
  [
    "a short Chinese list",
    `<main><h1>新闻</h1><p>小城的每日新闻。</p><ul><li><a href=/1>老茶店</a></li><li><a href=/2>新桥</a></li></ul></main>`,
    `# 新闻\n\n小城的每日新闻。\n\n- [老茶店](${AT}/1)\n- [新桥](${AT}/2)`,
    "新闻\n\n小城的每日新闻。\n\n老茶店\n新桥",
  ],
  [
    "a short Japanese list without a main element",
    `<div><h1>かわら版</h1><p>町の小さな出来事を伝えます。</p><ul><li><a href=/1>橋の話</a></li></ul></div>`,
    `# かわら版\n\n町の小さな出来事を伝えます。\n\n- [橋の話](${AT}/1)`,
    "かわら版\n\n町の小さな出来事を伝えます。\n\n橋の話",
  ],
  [
    "a Korean article",
    `<article><h1>오래된 다리</h1><p>마을 사람들은 그 다리를 '할머니 다리'라고 부른다.</p><p>지금도 <b>매일</b> 건넌다.</p></article>`,
    "# 오래된 다리\n\n마을 사람들은 그 다리를 '할머니 다리'라고 부른다.\n\n지금도 **매일** 건넌다.",
    "오래된 다리\n\n마을 사람들은 그 다리를 '할머니 다리'라고 부른다.\n\n지금도 매일 건넌다.",
  ],
  [
    "an Arabic article",
    `<main dir=rtl><h1>الجسر القديم</h1><p>يسمي أهل القرية هذا الجسر، الذي بني عام 1932، جسر الجدة.</p></main>`,
    "# الجسر القديم\n\nيسمي أهل القرية هذا الجسر، الذي بني عام 1932، جسر الجدة.",
    "الجسر القديم\n\nيسمي أهل القرية هذا الجسر، الذي بني عام 1932، جسر الجدة.",
  ],
  [
    "a home page of links",
    `<main><h1>Home</h1><p>Welcome here.</p><ul><li><a href=/1>First story</a></li><li><a href=/2>Second story</a></li></ul></main>`,
    `# Home\n\nWelcome here.\n\n- [First story](${AT}/1)\n- [Second story](${AT}/2)`,
    "Home\n\nWelcome here.\n\nFirst story\nSecond story",
  ],
  [
    "a list of products",
    `<div><h1>Kettles</h1><div class=product><a href=/1><h2>Blue</h2></a><span>39.90</span></div><div class=product><a href=/2><h2>Red</h2></a><span>29.90</span></div></div>`,
    `# Kettles\n\n## [Blue](${AT}/1)\n\n39.90\n\n## [Red](${AT}/2)\n\n29.90`,
    "Kettles\n\nBlue\n\n39.90\n\nRed\n\n29.90",
  ],
  [
    "a list of news",
    `<div class=list><h2><a href=/1>Bridge opens</a></h2><p>The bridge opened on Monday.</p><h2><a href=/2>Bridge closes</a></h2><p>It closed on Tuesday after one day.</p></div>`,
    `## [Bridge opens](${AT}/1)\n\nThe bridge opened on Monday.\n\n## [Bridge closes](${AT}/2)\n\nIt closed on Tuesday after one day.`,
    "Bridge opens\n\nThe bridge opened on Monday.\n\nBridge closes\n\nIt closed on Tuesday after one day.",
  ],
  [
    "a product with its properties",
    `<main><h1>Blue Kettle</h1><p class=price>€ 39.90</p><table><tr><th>Weight</th><td>1.2 kg</td></tr><tr><th>Colour</th><td>blue</td></tr></table><button>Add to cart</button></main>`,
    "# Blue Kettle\n\n€ 39.90\n\n|  |  |\n| --- | --- |\n| Weight | 1.2 kg |\n| Colour | blue |",
    "Blue Kettle\n\n€ 39.90\n\nWeight\t1.2 kg\nColour\tblue",
  ],
  [
    "a table with a head",
    `<main><table><caption>Longest</caption><thead><tr><th>River<th align=right>km</thead><tbody><tr><td>Nile<td>6650<tr><td>A | B<td>6400</table></main>`,
    "Longest\n\n| River | km |\n| --- | ---: |\n| Nile | 6650 |\n| A \\| B | 6400 |",
    "Longest\nRiver\tkm\nNile\t6650\nA | B\t6400",
  ],
  [
    "a thread of messages",
    `<div id=posts><h1>How do I cross it?</h1><div class=post><div class=message>I want to cross at night, is it lit? Thanks for all answers.</div></div><div class=post><div class=message>Yes, it is lit until midnight, since last year.</div></div></div>`,
    "# How do I cross it?\n\nI want to cross at night, is it lit? Thanks for all answers.\n\nYes, it is lit until midnight, since last year.",
    "How do I cross it?\n\nI want to cross at night, is it lit? Thanks for all answers.\n\nYes, it is lit until midnight, since last year.",
  ],
  [
    "documentation with code",
    `<main><h1>Install</h1><p>Run this in your shell, and wait until it ends:</p><div class="highlight highlight-source-shell"><pre>npm i x\nnpm test</pre></div><p>Use <code>a_b</code> and <kbd>C</kbd>.</p><pre><code class="language-js">a &lt; b;\n</code></pre></main>`,
    "# Install\n\nRun this in your shell, and wait until it ends:\n\n```shell\nnpm i x\nnpm test\n```\n\nUse `a_b` and `C`.\n\n```js\na < b;\n```",
    "Install\n\nRun this in your shell, and wait until it ends:\n\nnpm i x\nnpm test\n\nUse a_b and C.\n\na < b;",
  ],
  [
    "code beside its line numbers",
    `<main><p>${L}</p><table class=highlighttable><tr><td class=linenos><pre>1\n2</pre></td><td class=code><pre>a = 1\nb = 2</pre></td></tr></table></main>`,
    `${L}\n\n\`\`\`\na = 1\nb = 2\n\`\`\``,
    `${L}\n\na = 1\nb = 2`,
  ],
  [
    "headings with permalinks",
    `<main><h2 id=a>A<a class=anchor href="#a">#</a></h2><p>${L}</p><h2 id=b>B <a href="#b">¶</a></h2><p>${L}</p></main>`,
    `## A\n\n${L}\n\n## B\n\n${L}`,
    `A\n\n${L}\n\nB\n\n${L}`,
  ],
  [
    "nested lists",
    `<main><ol start=3><li>Three<ul><li>a<ol><li>deep</ol><li>b</ul><li>Four</ol></main>`,
    "3. Three\n   - a\n     1. deep\n   - b\n4. Four",
    "Three\na\ndeep\nb\nFour",
  ],
  [
    "terms and their meanings",
    `<main><dl><dt>Arch</dt><dd>A curved span.</dd><dt>Pier</dt><dd>An upright.</dd></dl></main>`,
    "- **Arch**  \n  A curved span.\n- **Pier**  \n  An upright.",
    "Arch\nA curved span.\nPier\nAn upright.",
  ],
  [
    "quotes in quotes",
    `<main><blockquote>Said one.<blockquote><p>Said two.</p></blockquote></blockquote><p>after <q>inline</q></p></main>`,
    "> Said one.\n>\n> > Said two.\n\nafter “inline”",
    "Said one.\n\nSaid two.\n\nafter “inline”",
  ],
  [
    "details",
    `<main><p>${L}</p><details><summary>More</summary><p>Folded, but to be read.</p></details></main>`,
    `${L}\n\nMore\n\nFolded, but to be read.`,
    `${L}\n\nMore\n\nFolded, but to be read.`,
  ],
  [
    "formulas",
    `<article><p>Energy is <math><semantics><mrow><mi>E</mi><mo>=</mo><mi>m</mi></mrow><annotation encoding="application/x-tex">E=m</annotation></semantics></math> as known, <span aria-hidden=true>E=m</span>and no more.</p></article>`,
    "Energy is $E=m$ as known, and no more.",
    "Energy is E=m as known, and no more.",
  ],
  [
    "what only looks like markup",
    "<main><p>1*2*3 _u_ snake_case &lt;b&gt; &amp;amp;</p><p># no</p><p>1. no</p></main>",
    "1\\*2\\*3 \\_u\\_ snake_case \\<b> \\&amp;\n\n\\# no\n\n1\\. no",
    "1*2*3 _u_ snake_case <b> &amp;\n\n# no\n\n1. no",
  ],
  [
    "powers, molecules and notes",
    `<main><p>10<sup>6</sup> of CO<sub>2</sub>, as known<sup><a href="#n">[1]</a></sup>.</p></main>`,
    `10<sup>6</sup> of CO<sub>2</sub>, as known[\\[1\\]](${AT}/dir/page.html?q=1#n).`,
    "106 of CO2, as known[1].",
  ],
  [
    "crossed formatting",
    "<main><p>x <i>it <b>bi</i> b</b> tail</p></main>",
    "x *it **bi*** **b** tail",
    "x it bi b tail",
  ],
  [
    "hidden parts",
    `<main><p>Seen.</p><p hidden>H</p><p style="DISPLAY : NONE !important">H</p><p style="visibility:hidden">H</p><template>H</template><dialog>H</dialog><noscript>H</noscript><select><option>H</select><p hidden=until-found>Found.</p></main>`,
    "Seen.\n\nFound.",
    "Seen.\n\nFound.",
  ],
  [
    "a login",
    `<main><h1>Sign in</h1><form><label>Email <input></label><button>Go</button></form><p><a href=/f>Forgot it?</a></p></main>`,
    `# Sign in\n\n[Forgot it?](${AT}/f)`,
    "Sign in\n\nForgot it?",
  ],
  [
    "a banner of consent",
    `<div class="cookie-banner"><p>We use cookies to give you the best experience, to analyse traffic, and to show ads, always.</p></div><div><h1>Short</h1><p>This page is short.</p></div>`,
    "# Short\n\nThis page is short.",
    "Short\n\nThis page is short.",
  ],
  [
    "biscuits in a block called cookies",
    `<div class="cookies"><h1>Butter biscuits</h1><p>Cream the butter, fold in the flour, and bake.</p></div>`,
    "# Butter biscuits\n\nCream the butter, fold in the flour, and bake.",
    "Butter biscuits\n\nCream the butter, fold in the flour, and bake.",
  ],
  [
    "a menu in a table's cell",
    `<table><tr><td><a href=/a>A</a><br><a href=/b>B</a></td><td><h1>Head</h1><p>${L}</p><p>${L}</p></td></tr></table>`,
    `# Head\n\n${L}\n\n${L}`,
    `Head\n\n${L}\n\n${L}`,
  ],
  [
    "nothing but line breaks",
    `<div>First line, and it is long enough to be read as one.<br>second line<br><br>New paragraph.</div>`,
    "First line, and it is long enough to be read as one.  \nsecond line\n\nNew paragraph.",
    "First line, and it is long enough to be read as one.\nsecond line\n\nNew paragraph.",
  ],
];

for (const [kind, html, markdown, text] of pages) {
  test(`a page of ${kind} reads as its author meant it`, () => {
    const document = documentFrom(framed(html));
    assert.equal(document.markdown, markdown);
    assert.equal(document.text, text);
  });
}

test("a page without any markup is its text", () => {
  const document = documentFrom("<title>Plain</title>Just some text. It goes on, and on; nobody cares.");
  assert.equal(document.markdown, "Just some text. It goes on, and on; nobody cares.");
  assert.equal(document.title, "Plain");
});
