// What was read, searchable: the list with its filters, and one page as text, facts and source.
import { useSignal } from "@preact/signals";
import { addressOf } from "../address.ts";
import { readPage, readStoredPage, type StoredPage } from "../answers.ts";
import { bareUrl } from "../format.ts";
import { fields } from "../reading.ts";
import { Facts, Markdown, OutLink, TextTools } from "./document-view.tsx";
import { address, refine } from "./navigation.ts";
import { Icon } from "./parts/icons.tsx";
import { useLoaded } from "./parts/loading.ts";
import { Ago, Empty, Heading, Pager, Tabs, Trouble, Waiting } from "./parts/pieces.tsx";
import { askJson, askText, queryOf, Refusal } from "./server.ts";
import { t } from "./settings.ts";
import { fileName, pathOfPage, StoredHtml, StoredPicture } from "./stored-views.tsx";

const ROWS = 20;

export function PagesPage() {
  const { item } = address.value;
  return item === null ? <PageList /> : <OnePage key={item} id={item} />;
}

function PageList() {
  const words = t.value.pages;
  const { q = "", domain = "", lane = "", cursor = "" } = address.value.query;
  const path = `/pages${queryOf({ q, domain, lane, cursor, limit: ROWS })}`;
  const { data, error, reload } = useLoaded(path, async (signal) =>
    readPage(await askJson(path, { signal }), readStoredPage),
  );
  const typed = useSignal(q);
  const typedDomain = useSignal(domain);
  const search = (more: Record<string, string> = {}): void =>
    refine({ q: typed.value.trim(), domain: typedDomain.value.trim(), lane, ...more });
  return (
    <>
      <Heading title={words.title} lead={words.lead} />
      <search>
        <form
          class="card search"
          onSubmit={(event) => {
            event.preventDefault();
            search();
          }}
        >
          <label class="field grow">
            <span>{words.search}</span>
            <input
              type="search"
              data-main-field
              placeholder={words.placeholder}
              value={typed.value}
              onInput={(event) => {
                typed.value = event.currentTarget.value;
              }}
            />
          </label>
          <label class="field">
            <span>{words.domain}</span>
            <input
              type="text"
              placeholder="example.com"
              spellcheck={false}
              autocapitalize="off"
              value={typedDomain.value}
              onInput={(event) => {
                typedDomain.value = event.currentTarget.value;
              }}
            />
          </label>
          <label class="field">
            <span>{words.lane}</span>
            <select value={lane} onChange={(event) => search({ lane: event.currentTarget.value })}>
              <option value="">{t.value.app.all}</option>
              <option value="fast">{t.value.scrape.lanes.fast}</option>
              <option value="rich">{t.value.scrape.lanes.rich}</option>
            </select>
          </label>
          <button type="submit" class="main">
            <Icon name="search" />
            {words.go}
          </button>
        </form>
      </search>
      {error.value !== null && <Trouble error={error.value} onRetry={reload} />}
      <section class="card" aria-label={words.title}>
        {data.value === null ? (
          error.value === null && <Waiting />
        ) : data.value.items.length === 0 ? (
          q === "" && domain === "" && lane === "" ? (
            <Empty icon="pages" title={words.empty} hint={words.emptyHint} />
          ) : (
            <Empty icon="search" title={words.nothing} hint={words.nothingHint} />
          )
        ) : (
          <ul class="rows">
            {data.value.items.map((page) => (
              <PageRow key={page.id} page={page} />
            ))}
          </ul>
        )}
        <Pager
          hasFirst={cursor !== ""}
          next={data.value?.nextCursor ?? null}
          onGo={(to) => refine({ q, domain, lane, cursor: to })}
        />
      </section>
    </>
  );
}

const PageRow = ({ page }: { readonly page: StoredPage }) => (
  <li>
    <a class="row" href={addressOf("pages", page.id)}>
      <span class="row-main">
        <span class="row-title">{page.title ?? t.value.pages.untitled}</span>
        <span class="row-more accent">{bareUrl(page.url)}</span>
        {page.description !== null && <span class="row-more two-lines">{page.description}</span>}
      </span>
      <span class="row-side">
        {page.lang !== null && <span class="chip">{page.lang}</span>}
        {page.lane === "rich" && <span class="chip">{t.value.scrape.lanes.rich}</span>}
        <Ago at={page.fetchedAt} />
      </span>
    </a>
  </li>
);

type View = "text" | "details" | "html" | "picture";

function OnePage({ id }: { readonly id: string }) {
  const words = t.value.pages;
  const path = pathOfPage(id);
  const { data, error, reload } = useLoaded(path, async (signal) =>
    readStoredPage(fields(await askJson(path, { signal }))),
  );
  const view = useSignal<View>("text");
  const page = data.value;
  return (
    <>
      <a class="back" href={addressOf("pages")}>
        <Icon name="back" />
        {words.title}
      </a>
      {error.value instanceof Refusal && error.value.status === 404 ? (
        <Empty icon="pages" title={words.gone} />
      ) : error.value !== null ? (
        <Trouble error={error.value} onRetry={reload} />
      ) : null}
      {page === null ? (
        error.value === null && <Waiting rows={8} />
      ) : (
        <>
          <header class="heading">
            <div>
              <h1 tabIndex={-1}>{page.title ?? words.untitled}</h1>
              <p class="byline">
                <OutLink url={page.url}>{bareUrl(page.url)}</OutLink>
                <Ago at={page.fetchedAt} />
              </p>
            </div>
          </header>
          <section class="card">
            <Tabs
              label={t.value.scrape.views}
              tabs={(
                ["text", "details", "html", ...(page.hasPicture ? (["picture"] as const) : [])] as const
              ).map((name) => ({
                name,
                words: words.view[name],
              }))}
              chosen={view.value}
              onChoose={(name) => {
                view.value = name;
              }}
            >
              {view.value === "text" && <StoredText page={page} />}
              {view.value === "details" && <Facts of={page.all} />}
              {view.value === "html" && <StoredHtml page={page} />}
              {view.value === "picture" && <StoredPicture page={page} />}
            </Tabs>
          </section>
        </>
      )}
    </>
  );
}

function StoredText({ page }: { readonly page: StoredPage }) {
  const path = `${pathOfPage(page.id)}/markdown`;
  const { data, error, reload } = useLoaded(path, (signal) => askText(path, { signal }));
  if (error.value !== null) return <Trouble error={error.value} onRetry={reload} />;
  if (data.value === null) return <Waiting rows={8} />;
  return (
    <>
      <TextTools content={data.value} name={fileName(page.url, "md")} type="text/markdown" />
      <Markdown markdown={data.value} base={page.url} />
    </>
  );
}
