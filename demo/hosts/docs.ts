// A handbook: tables, code, nested lists and headings for Markdown, in four languages joined by hreflang, with canonical duplicates.
import { cards, escapeHtml, frame, paragraphs } from "../layout.ts";
import { story } from "../prose.ts";
import type { Web } from "../site.ts";
import type { Language } from "../table.ts";
import { reserved, withWord } from "../words.ts";

const SITE = { siteName: "Sluice handbook", accent: "#5b3a8c" } as const;
const TOPICS = ["install", "configure", "gates", "sensors", "backup", "upgrade"] as const;

interface Edition {
  readonly lang: Language;
  readonly title: (topic: string) => string;
  readonly sentence: (topic: string) => string;
  readonly firstMark: number;
}

const editions: readonly Edition[] = [
  {
    lang: "en",
    title: (topic) => `Sluice handbook: ${topic}`,
    sentence: (topic) =>
      `The chapter called ${topic} was checked against version 4 of the sluice controller.`,
    firstMark: 4001,
  },
  {
    lang: "ko",
    title: (topic) => `수문 안내서: ${topic}`,
    sentence: (topic) => `${topic} 장은 수문 제어기 4판을 기준으로 확인했습니다.`,
    firstMark: 4101,
  },
  {
    lang: "ja",
    title: (topic) => `水門の手引き: ${topic}`,
    sentence: (topic) => `${topic}の章は水門制御器の第4版で確かめました。`,
    firstMark: 4201,
  },
  {
    lang: "zh",
    title: (topic) => `水闸手册：${topic}`,
    sentence: (topic) => `${topic}一章已按水闸控制器第4版核对。`,
    firstMark: 4301,
  },
];

export function addDocs(web: Web): void {
  const nav = editions.map(({ lang }) => [lang, `/${lang}/`] as const);
  for (const { lang, title, sentence, firstMark } of editions) {
    for (const [index, topic] of TOPICS.entries()) {
      const words =
        lang === "ja" ? [reserved.ja[index % 3] ?? ""] : lang === "zh" ? [reserved.zh[index % 2] ?? ""] : [];
      const told = story(lang, firstMark + index, 3);
      const body = [...told.paragraphs, ...words.map((word) => withWord(lang, word))];
      const alternates = editions
        .map(
          (other) =>
            `<link rel="alternate" hreflang="${other.lang}" href="${web.url("docs", `/${other.lang}/${topic}`)}">\n`,
        )
        .join("");
      const html = frame({
        ...SITE,
        lang,
        nav,
        title: title(topic),
        head: `<link rel="canonical" href="${web.url("docs", `/${lang}/${topic}`)}">\n${alternates}`,
        main: chapter(title(topic), sentence(topic), topic, firstMark + index, paragraphs(body)),
      });
      const page = {
        html,
        title: title(topic),
        sentence: sentence(topic),
        lang,
        words: words.map((word) => [lang, word] as const),
      };
      web.page("docs", `/${lang}/${topic}`, {
        ...page,
        kind: "chapter with table, code and lists",
        coding: index % 2 === 0 ? "br" : "gzip",
      });
      if (lang === "en" && index < 2)
        web.page("docs", `/print/${topic}`, { ...page, kind: "duplicate that names its canonical" });
    }
    const heading = title(
      lang === "en" ? "contents" : lang === "ko" ? "차례" : lang === "ja" ? "目次" : "目录",
    );
    const line = sentence(
      lang === "en" ? "contents" : lang === "ko" ? "차례" : lang === "ja" ? "目次" : "目录",
    );
    const list = cards(TOPICS.map((topic) => ({ href: `/${lang}/${topic}`, title: title(topic) })));
    web.page("docs", `/${lang}/`, {
      kind: "contents",
      html: frame({
        ...SITE,
        lang,
        nav,
        title: heading,
        main: `<h1>${heading}</h1>\n<p>${line}</p>\n${list}`,
      }),
      title: heading,
      sentence: line,
      lang,
    });
  }
  const sentence = "The sluice handbook is kept in four languages by the people who open the gates.";
  const print = `<p>To print: <a href="/print/install">install</a>, <a href="/print/configure">configure</a>.</p>`;
  web.page("docs", "/", {
    kind: "home",
    html: frame({
      ...SITE,
      lang: "en",
      nav,
      title: "Sluice handbook",
      main: `<h1>Sluice handbook</h1>\n<p>${sentence}</p>\n${print}`,
    }),
    title: "Sluice handbook",
    sentence,
    lang: "en",
  });
}

const chapter = (
  title: string,
  sentence: string,
  topic: string,
  mark: number,
  body: string,
): string => `<article>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(sentence)}</p>
${body}
<h2 id="settings">${mark}.1</h2>
<table>
<thead><tr><th>key</th><th>default</th><th>unit</th></tr></thead>
<tbody>
<tr><td><code>${topic}.level</code></td><td>${mark % 90}</td><td>cm</td></tr>
<tr><td><code>${topic}.pause</code></td><td>${mark % 7}</td><td>s</td></tr>
</tbody>
</table>
<h2 id="example">${mark}.2</h2>
<pre><code class="language-sh">sluice ${topic} --gate 3 &lt; levels.txt
if [ $? -ne 0 ]; then
    echo "gate ${mark} is stuck" &amp;&amp; exit 1
fi
</code></pre>
<ol><li>open<ul><li>left</li><li>right</li></ul></li><li>wait</li><li>close</li></ol>
<blockquote><p>${mark}</p></blockquote>
</article>`;
