// The parts of a page that was read: its Markdown drawn, its facts, its links, its source. For a task's result and a stored page
// alike, which it does not tell apart.
import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { bareUrl } from "../format.ts";
import { type Fields, fields, instant, number, text } from "../reading.ts";
import { DRAWN_CHARACTERS_MAX, htmlOf } from "./markdown.ts";
import { Icon } from "./parts/icons.tsx";
import { copy, download, Empty, Waiting } from "./parts/pieces.tsx";
import { say, t } from "./settings.ts";

const SOURCE_CHARACTERS_MAX = 300_000;
const LINKS_SHOWN_MAX = 500;

export function Markdown({ markdown, base }: { readonly markdown: string; readonly base: string }) {
  const html = useSignal<string | null>(null);
  useEffect(() => {
    let isHere = true;
    htmlOf(markdown, base).then((made) => {
      if (isHere) html.value = made;
    });
    return () => {
      isHere = false;
    };
  }, [markdown, base]);
  if (markdown.trim() === "") return <Empty icon="pages" title={t.value.scrape.noText} />;
  if (html.value === null) return <Waiting />;
  return (
    <>
      {/* Sanitized by markdown.ts. */}
      <article class="prose" dangerouslySetInnerHTML={{ __html: html.value }} />
      {markdown.length > DRAWN_CHARACTERS_MAX && <Cut characters={DRAWN_CHARACTERS_MAX} />}
    </>
  );
}

const Cut = ({ characters }: { readonly characters: number }) => (
  <p class="notice">{t.value.scrape.truncated(t.value.scrape.characters(say.count(characters)))}</p>
);

export const TextTools = (props: {
  readonly content: string;
  readonly name: string;
  readonly type: string;
}) => (
  <div class="tools">
    <button type="button" class="quiet" onClick={() => copy(props.content)}>
      <Icon name="copy" />
      {t.value.app.copy}
    </button>
    <button type="button" class="quiet" onClick={() => download(props.name, props.content, props.type)}>
      <Icon name="download" />
      {t.value.app.download}
    </button>
  </div>
);

export const Source = ({ content }: { readonly content: string }) => (
  <>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrolls sideways, which the keyboard must be able to do. */}
    <pre class="source" tabIndex={0}>
      {content.slice(0, SOURCE_CHARACTERS_MAX)}
    </pre>
    {content.length > SOURCE_CHARACTERS_MAX && <Cut characters={SOURCE_CHARACTERS_MAX} />}
  </>
);

type FactName = keyof typeof t.value.facts;

export function Facts({ of }: { readonly of: Fields }) {
  const { facts } = t.value;
  const names = Object.keys(facts).filter((name): name is FactName => name in facts);
  const rows = names.flatMap((name) => {
    const shown = factOf(of, name);
    return shown === null ? [] : [{ name, shown }];
  });
  return (
    <dl class="facts">
      {rows.map(({ name, shown }) => (
        <div key={name}>
          <dt>{facts[name]}</dt>
          <dd>{name === "structured" ? <pre class="source">{shown}</pre> : shown}</dd>
        </div>
      ))}
    </dl>
  );
}

function factOf(of: Fields, name: FactName): string | null {
  if (name === "bytes") return mapped(number(of, name), say.bytes);
  if (name === "elapsed_ms") return mapped(number(of, name), say.duration);
  if (name === "fetched_at" || name === "published_at" || name === "first_fetched")
    return mapped(instant(of, name), say.moment);
  if (name === "text_length")
    return mapped(number(of, name), (value) => t.value.scrape.characters(say.count(value)));
  if (name === "structured") {
    const data = fields(of.structured);
    return Object.keys(data).length === 0 ? null : JSON.stringify(data, null, 2).slice(0, 20_000);
  }
  if (name === "lane") {
    const lane = text(of, name);
    return lane === "fast" ? t.value.scrape.lanes.fast : lane === "rich" ? t.value.scrape.lanes.rich : lane;
  }
  const value = of[name];
  return typeof value === "string" && value !== "" ? value : typeof value === "number" ? String(value) : null;
}

const mapped = <T,>(value: T | null, form: (value: T) => string): string | null =>
  value === null ? null : form(value);

export interface Link {
  readonly url: string;
  readonly words: string;
}

export function linksOf(of: Fields): Link[] {
  const all = Array.isArray(of.links) ? of.links : [];
  return all.flatMap((each) => {
    if (typeof each === "string") return [{ url: each, words: "" }];
    const link = fields(each);
    const url = text(link, "url") ?? text(link, "href");
    return url === null ? [] : [{ url, words: text(link, "text") ?? "" }];
  });
}

export function Links({ links }: { readonly links: readonly Link[] }) {
  const typed = useSignal("");
  const shown = useMemo(() => {
    const wanted = typed.value.toLowerCase();
    return links.filter(({ url, words }) => `${url} ${words}`.toLowerCase().includes(wanted));
  }, [links, typed.value]);
  if (links.length === 0) return <Empty icon="open" title={t.value.scrape.noLinks} />;
  return (
    <>
      <label class="field inline">
        <span>{t.value.scrape.filterLinks}</span>
        <input
          type="search"
          value={typed.value}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
          }}
        />
      </label>
      <p class="muted small">{t.value.scrape.shownLinks(say.count(shown.length), say.count(links.length))}</p>
      <ul class="links">
        {shown.slice(0, LINKS_SHOWN_MAX).map(({ url, words }) => (
          <li key={url}>
            <OutLink url={url}>{words || bareUrl(url)}</OutLink>
          </li>
        ))}
      </ul>
    </>
  );
}

/** A link out of the console, to a page of the web; text alone where it is another kind of address. */
export const OutLink = ({ url, children }: { readonly url: string; readonly children: string }) =>
  /^https?:\/\//i.test(url) ? (
    <a href={url} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  ) : (
    <span>{children}</span>
  );
