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
import { Ago, Empty, State, Tabs, Trouble, Waiting, wordsOf } from "./parts/pieces.tsx";
import { toast } from "./parts/toast.tsx";
import { ask, askJson, Refusal } from "./server.ts";
import { say, t } from "./settings.ts";
import { fileName, pageOfTask, StoredHtml, StoredPicture } from "./stored-views.tsx";
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

type View = "text" | "details" | "links" | "html" | "source" | "picture";

function Result({ task, result }: { readonly task: Task; readonly result: Fields }) {
  const words = t.value.scrape;
  const view = useSignal<View>("text");
  const markdown = text(result, "markdown") ?? "";
  const base = text(result, "final_url") ?? task.url;
  const links = linksOf(result);
  // The store follows the task: what it keeps besides is shown once it is there.
  const stored = useLoaded(base, (signal) => pageOfTask(base, signal));
  const page = stored.data.value;
  const names: readonly View[] = [
    ...(["text", "details", "links"] as const),
    ...(page === null ? [] : (["html"] as const)),
    ...(page?.hasPicture === true ? (["picture"] as const) : []),
    "source",
  ];
  const json = JSON.stringify(result, null, 2);
  return (
    <section class="card">
      <Tabs
        label={words.views}
        tabs={names.map((name) => ({
          name,
          words: name === "links" ? `${words.view.links} ${say.count(links.length)}` : words.view[name],
        }))}
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
        {view.value === "html" && page !== null && <StoredHtml page={page} />}
        {view.value === "picture" && page !== null && <StoredPicture page={page} />}
        {view.value === "source" && (
          <>
            <TextTools content={json} name={fileName(task.url, "json")} type="application/json" />
            <Source content={json} />
          </>
        )}
      </Tabs>
    </section>
  );
}
