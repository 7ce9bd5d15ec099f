// What the store keeps of a page beside its Markdown: its body as it came and its picture, each fetched when it is looked at.
import { readStoredPage, type StoredPage } from "../answers.ts";
import { bareUrl } from "../format.ts";
import { fields } from "../reading.ts";
import { Source, TextTools } from "./document-view.tsx";
import { Icon } from "./parts/icons.tsx";
import { useLoaded } from "./parts/loading.ts";
import { Trouble, Waiting } from "./parts/pieces.tsx";
import { ask, askJson, askPicture, askText, Refusal } from "./server.ts";
import { t } from "./settings.ts";

export const pathOfPage = (id: string): string => `/pages/${encodeURIComponent(id)}`;

/** The id under which a URL is stored; null where the browser gives no digests (plain HTTP from another machine). */
async function pageIdOf(url: string): Promise<string | null> {
  if (!isSecureContext) return null;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(url));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const LOOKS_MAX = 20;
const LOOK_MS = 250;

/** The stored page of a task that has just ended: its row follows the task by a moment. Null: there is no way to its id. */
export async function pageOfTask(url: string, signal: AbortSignal): Promise<StoredPage | null> {
  const id = await pageIdOf(url);
  if (id === null) return null;
  for (let looks = 1; ; looks++) {
    try {
      return readStoredPage(fields(await askJson(pathOfPage(id), { signal })));
    } catch (cause) {
      const isLate = cause instanceof Refusal && cause.status === 404;
      if (!isLate || looks === LOOKS_MAX || signal.aborted) throw cause;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }
}

export const fileName = (url: string, ending: string): string =>
  `${bareUrl(url)
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .slice(0, 80)
    .replace(/^-|-$/g, "")}.${ending}`;

export function StoredHtml({ page }: { readonly page: StoredPage }) {
  const path = pathOfPage(page.id);
  const { data, error, reload } = useLoaded(path, (signal) => askText(`${path}/html`, { signal }));
  if (error.value !== null) return <Trouble error={error.value} onRetry={reload} />;
  if (data.value === null) return <Waiting rows={8} />;
  return (
    <>
      <div class="tools">
        <button type="button" class="quiet" onClick={() => saveRaw(page)}>
          <Icon name="download" />
          {t.value.pages.raw}
        </button>
        <TextTools content={data.value} name={fileName(page.url, "html")} type="text/html" />
      </div>
      <Source content={data.value} />
    </>
  );
}

/** By a request of our own, for a link would leave the token behind. */
async function saveRaw(page: StoredPage): Promise<void> {
  const blob = await (await ask(`${pathOfPage(page.id)}/raw`, { accept: "*/*" })).blob();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = fileName(page.url, "bin");
  link.click();
  URL.revokeObjectURL(link.href);
}

export function StoredPicture({ page }: { readonly page: StoredPage }) {
  const path = `${pathOfPage(page.id)}/screenshot`;
  const { data, error, reload } = useLoaded(path, (signal) => askPicture(path, signal));
  if (error.value !== null) return <Trouble error={error.value} onRetry={reload} />;
  if (data.value === null) return <Waiting rows={8} />;
  return <img class="picture" src={data.value} alt={t.value.scrape.pictureAlt} />;
}
