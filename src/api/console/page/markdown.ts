// Markdown of a foreign page as HTML that can do nothing: no script, no style, no form, no frame, and nothing loaded from anywhere
// (a picture becomes a link to itself). The two libraries come with the first page that needs them.

/** What is drawn at most, in characters; the download has all. */
export const DRAWN_CHARACTERS_MAX = 400_000;

export async function htmlOf(markdown: string, base: string): Promise<string> {
  const [{ Marked }, { default: purify }] = await Promise.all([import("marked"), import("dompurify")]);
  const html = await new Marked({ gfm: true, async: true }).parse(markdown.slice(0, DRAWN_CHARACTERS_MAX));
  const clean = purify.sanitize(html, {
    USE_PROFILES: { html: true },
    FORBID_TAGS: [
      "style",
      "form",
      "input",
      "button",
      "textarea",
      "select",
      "video",
      "audio",
      "source",
      "picture",
    ],
    FORBID_ATTR: ["style", "srcset", "id", "class", "name"],
    ALLOW_DATA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
    // Parsed in a document of its own, in which no picture is loaded.
  });
  for (const picture of clean.querySelectorAll("img")) {
    const link = document.createElement("a");
    link.href = picture.getAttribute("src") ?? "";
    link.className = "picture-link";
    link.textContent =
      picture.getAttribute("alt") || (picture.getAttribute("src") ?? "").split("/").at(-1) || "…";
    // A picture within a link is that link's text: links do not nest.
    if (picture.closest("a") === null) picture.replaceWith(link);
    else picture.replaceWith(link.textContent);
  }
  for (const link of clean.querySelectorAll("a[href]")) {
    const target = URL.parse(link.getAttribute("href") ?? "", base);
    if (target === null || !/^(?:https?|mailto):$/.test(target.protocol)) link.removeAttribute("href");
    else {
      link.setAttribute("href", target.href);
      link.setAttribute("rel", "noopener noreferrer nofollow");
      link.setAttribute("target", "_blank");
    }
  }
  for (const table of clean.querySelectorAll("table")) {
    const frame = document.createElement("div");
    frame.className = "table-frame";
    frame.tabIndex = 0;
    table.replaceWith(frame);
    frame.append(table);
  }
  const holder = document.createElement("div");
  holder.append(clean);
  return holder.innerHTML;
}
