// How the demonstration's pages look: one small sheet of styles and the frame around an article, a listing or a home page.
// Writes well-formed HTML from escaped parts; knows no host and no answer.

export const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

export interface Frame {
  readonly lang: string;
  readonly title: string;
  readonly siteName: string;
  readonly accent: string;
  /** Navigation: label and address. */
  readonly nav: readonly (readonly [label: string, href: string])[];
  /** What stands in the body's main part, as HTML. */
  readonly main: string;
  /** More for the head, as HTML. */
  readonly head?: string;
  /** In the meta element; null leaves the declaration to the header. */
  readonly charset?: string | null;
  readonly description?: string;
  readonly footer?: string;
}

const styles = (accent: string): string =>
  `:root{--accent:${accent}}*{box-sizing:border-box}body{margin:0;font:17px/1.65 Georgia,"Noto Serif CJK KR",serif;color:#1d1d1f;background:#fbfaf7}` +
  `header,main,footer{max-width:46rem;margin:0 auto;padding:1rem 1.25rem}header{border-bottom:3px solid var(--accent)}` +
  `header a{color:inherit;text-decoration:none;margin-right:1rem}header b{color:var(--accent);font-size:1.25rem;margin-right:1.5rem}` +
  `h1{line-height:1.2}main a{color:var(--accent)}article img{max-width:100%}.meta,footer{color:#6b6b70;font-size:.875rem}` +
  `table{border-collapse:collapse}th,td{border:1px solid #d8d5cc;padding:.3rem .7rem;text-align:left}pre{background:#f0ede4;padding:.8rem;overflow:auto}` +
  `.cards{list-style:none;padding:0}.cards li{padding:.7rem 0;border-bottom:1px solid #e6e3da}.pager a,.pager b{margin-right:.6rem}`;

export function frame(page: Frame): string {
  const charset = page.charset === undefined ? "utf-8" : page.charset;
  const nav = page.nav
    .map(([label, href]) => `<a href="${escapeHtml(href)}">${escapeHtml(label)}</a>`)
    .join("");
  return `<!doctype html>
<html lang="${page.lang}">
<head>
${charset === null ? "" : `<meta charset="${charset}">\n`}<title>${escapeHtml(page.title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
${page.description === undefined ? "" : `<meta name="description" content="${escapeHtml(page.description)}">\n`}<style>${styles(page.accent)}</style>
${page.head ?? ""}</head>
<body>
<header><nav><b>${escapeHtml(page.siteName)}</b>${nav}</nav></header>
<main class="content">
${page.main}
</main>
<footer>${page.footer ?? `${escapeHtml(page.siteName)} · part of the millrace demonstration web`}</footer>
</body>
</html>
`;
}

export const paragraphs = (texts: readonly string[]): string =>
  texts.map((text) => `<p>${escapeHtml(text)}</p>`).join("\n");

export interface Piece {
  readonly title: string;
  readonly byline: string;
  readonly dateTime: string;
  readonly body: string;
}

export const article = ({ title, byline, dateTime, body }: Piece): string => `<article>
<h1>${escapeHtml(title)}</h1>
<p class="meta"><span class="author">${escapeHtml(byline)}</span>, <time datetime="${dateTime}">${dateTime.slice(0, 10)}</time></p>
${body}
</article>`;

export interface Card {
  readonly href: string;
  readonly title: string;
  readonly note?: string;
}

export const cards = (items: readonly Card[]): string =>
  `<ul class="cards">\n${items
    .map(
      ({ href, title, note }) =>
        `<li><a href="${escapeHtml(href)}">${escapeHtml(title)}</a>${note === undefined ? "" : ` <span class="meta">${escapeHtml(note)}</span>`}</li>`,
    )
    .join("\n")}\n</ul>`;

/** "1 2 3": every page of a listing is one click from every other. */
export const pager = (hrefs: readonly string[], current: number): string =>
  `<p class="pager">${hrefs.map((href, index) => (index === current ? `<b>${index + 1}</b>` : `<a href="${escapeHtml(href)}">${index + 1}</a>`)).join(" ")}</p>`;
