// One task: where it stands, and when it is over its result in several views, or why it failed and what to do about it.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { addressOf } from "../address.ts";
import { adviceOn } from "../advice.ts";
import { isOver, readSubmitted, readTask, type Task } from "../answers.ts";
import { bareUrl } from "../format.ts";
import { type Fields, fields, text } from "../reading.ts";
import { Facts, Links, linksOf, Markdown, OutLink, Source, TextTools } from "./document-view.tsx";
import { dataOf, listen } from "./live.ts";
import { go } from "./navigation.ts";
import { Icon } from "./parts/icons.tsx";
import { useLoaded } from "./parts/loading.ts";
import { Ago, Choice, Empty, State, Tabs, Trouble, Waiting, wordsOf } from "./parts/pieces.tsx";
import { toast } from "./parts/toast.tsx";
import { ask, askJson, Refusal } from "./server.ts";
import { say, t } from "./settings.ts";
import { following } from "./submitted.ts";

export function TaskView({ id }: { readonly id: string }) {
  const path = `/api/scrape/${encodeURIComponent(id)}/`;
  const { data, error, reload } = useLoaded(path, async (signal) =>
    readTask(fields(await askJson(path, { signal }))),
  );
  useEffect(
    () =>
      listen((event) => {
        const isMine = event.name === "task" && readTask(fields(dataOf(event))).id === id;
        if (isMine || (event.name === "poll" && data.value !== null && !isOver(data.value))) reload();
      }),
    [id],
  );
  const words = t.value.scrape;
  const task = data.value;
  return (
    <>
      <a class="back" href={addressOf("scrape")}>
        <Icon name="back" />
        {t.value.places.scrape}
      </a>
      {error.value instanceof Refusal && error.value.status === 404 ? (
        <Empty icon="scrape" title={words.gone} />
      ) : error.value !== null ? (
        <Trouble error={error.value} onRetry={reload} />
      ) : null}
      {task === null ? error.value === null && <Waiting rows={8} /> : <TaskBody task={task} />}
    </>
  );
}

function TaskBody({ task }: { readonly task: Task }) {
  const words = t.value.scrape;
  const title = text(task.result ?? {}, "title") ?? bareUrl(task.url);
  return (
    <>
      <header class="heading">
        <div>
          <h1 tabIndex={-1}>{title}</h1>
          <p class="byline">
            <State name={task.status} words={t.value.states[task.status]} />
            <OutLink url={task.url}>{bareUrl(task.url)}</OutLink>
            <Ago at={task.updatedAt ?? task.createdAt} />
            {task.attempts > 1 && <span>{words.attempts(task.attempts)}</span>}
          </p>
        </div>
        <TaskActions task={task} />
      </header>
      {task.status === "failed" ? (
        <Failed task={task} />
      ) : isOver(task) ? (
        <Result task={task} result={task.result ?? {}} />
      ) : (
        <section class="card">
          <Empty icon="running" title={words.waiting} hint={words.waitingHint} />
        </section>
      )}
    </>
  );
}

function TaskActions({ task }: { readonly task: Task }) {
  const words = t.value.scrape;
  const again = async (): Promise<void> => {
    try {
      const lane = task.lane === null ? {} : { lane: task.lane };
      const sent = readSubmitted(
        await askJson("/api/scrape/", { method: "POST", body: { url: task.url, ...lane } }),
      );
      following.add(sent);
      toast(words.sent(sent.length));
      if (sent[0] !== undefined) go("scrape", sent[0].id);
    } catch (cause) {
      toast(wordsOf(cause).title, true);
    }
  };
  const remove = async (): Promise<void> => {
    try {
      await ask(`/api/scrape/${encodeURIComponent(task.id)}/`, { method: "DELETE" });
      go("scrape");
    } catch (cause) {
      toast(wordsOf(cause).title, true);
    }
  };
  return (
    <div class="actions">
      {isOver(task) ? (
        <button type="button" onClick={again}>
          <Icon name="refresh" />
          {task.status === "failed" ? t.value.app.retry : words.again}
        </button>
      ) : (
        <button type="button" onClick={remove}>
          <Icon name="close" />
          {words.cancelTask}
        </button>
      )}
    </div>
  );
}

const Failed = ({ task }: { readonly task: Task }) => (
  <section class="card failure">
    <div class="notice bad" role="alert">
      <Icon name="failed" />
      <div>
        <strong>
          {task.errorCode !== null && <code>{task.errorCode}</code>} {task.errorMessage}
        </strong>
      </div>
    </div>
    <h2>{t.value.scrape.whatToDo}</h2>
    <p>{t.value.advice[adviceOn(task.errorCode)]}</p>
  </section>
);

type View = "text" | "details" | "links" | "source" | "picture";

function Result({ task, result }: { readonly task: Task; readonly result: Fields }) {
  const words = t.value.scrape;
  const view = useSignal<View>("text");
  const markdown = text(result, "markdown") ?? text(result, "text") ?? "";
  const base = text(result, "final_url") ?? task.url;
  const links = linksOf(result);
  const picture = text(result, "screenshot") ?? text(result, "screenshot_url");
  const tabs = (["text", "details", "links", "source"] as const).map((name) => ({
    name: name as View,
    words: name === "links" ? `${words.view.links} ${say.count(links.length)}` : words.view[name],
  }));
  if (picture !== null) tabs.push({ name: "picture", words: words.view.picture });
  return (
    <section class="card">
      <Tabs
        label={words.views}
        tabs={tabs}
        chosen={view.value}
        onChoose={(name) => {
          view.value = name;
        }}
      >
        {view.value === "text" && (
          <>
            <TextTools content={markdown} name={fileName(task.url, "md")} type="text/markdown" />
            <Markdown markdown={markdown} base={base} />
          </>
        )}
        {view.value === "details" && <Facts of={result} />}
        {view.value === "links" && <Links links={links} />}
        {view.value === "source" && <Sources task={task} result={result} />}
        {view.value === "picture" && picture !== null && <Picture source={picture} />}
      </Tabs>
    </section>
  );
}

type SourceName = "markdown" | "html" | "raw" | "json";

function Sources({ task, result }: { readonly task: Task; readonly result: Fields }) {
  const words = t.value.scrape;
  const contents: Readonly<Record<SourceName, string | null>> = {
    markdown: text(result, "markdown"),
    html: text(result, "html"),
    raw: text(result, "raw"),
    json: JSON.stringify(result, null, 2),
  };
  const names = (["markdown", "html", "raw", "json"] as const).filter((name) => contents[name] !== null);
  const chosen = useSignal<SourceName>(names[0] ?? "json");
  const content = contents[chosen.value] ?? "";
  const endings = {
    markdown: ["md", "text/markdown"],
    html: ["html", "text/html"],
    raw: ["html", "text/html"],
    json: ["json", "application/json"],
  } as const;
  const [ending, type] = endings[chosen.value];
  return (
    <>
      <div class="tools">
        <Choice
          label={words.view.source}
          options={names.map((name) => ({ name, words: words.sourceOf[name] }))}
          chosen={chosen.value}
          onChoose={(name) => {
            chosen.value = name;
          }}
        />
        <TextTools content={content} name={fileName(task.url, ending)} type={type} />
      </div>
      <Source content={content} />
    </>
  );
}

/** Inline as the result carries it, or from its own address, for which the token goes along. */
function Picture({ source }: { readonly source: string }) {
  const shown = useSignal<string | null>(source.startsWith("data:image/") ? source : null);
  const error = useSignal<unknown>(null);
  useEffect(() => {
    if (source.startsWith("data:")) return;
    let address = "";
    ask(source, { accept: "image/*" })
      .then((answer) => answer.blob())
      .then(
        (blob) => {
          address = URL.createObjectURL(blob);
          shown.value = address;
        },
        (cause: unknown) => {
          error.value = cause;
        },
      );
    return () => URL.revokeObjectURL(address);
  }, [source]);
  if (error.value !== null) return <Trouble error={error.value} />;
  return shown.value === null ? (
    <Waiting />
  ) : (
    <img class="picture" src={shown.value} alt={t.value.scrape.pictureAlt} />
  );
}

export const fileName = (url: string, ending: string): string =>
  `${bareUrl(url)
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .slice(0, 80)
    .replace(/^-|-$/g, "")}.${ending}`;
