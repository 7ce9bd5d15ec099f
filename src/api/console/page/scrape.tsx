// The place where a person starts: paste addresses, watch them finish, look at what was done before. A single task is task-view.
import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { addressOf } from "../address.ts";
import { isOver, readPage, readSubmitted, readTask, TASK_STATES, type Task } from "../answers.ts";
import { bareUrl } from "../format.ts";
import { fields } from "../reading.ts";
import { readUrlList, URLS_MAX } from "../url-list.ts";
import { dataOf, listen } from "./live.ts";
import { address, refine } from "./navigation.ts";
import { useLoaded } from "./parts/loading.ts";
import { Ago, Choice, Empty, Heading, Pager, State, Trouble, Waiting } from "./parts/pieces.tsx";
import { toast } from "./parts/toast.tsx";
import { askJson, queryOf } from "./server.ts";
import { say, t } from "./settings.ts";
import { drafts, following } from "./submitted.ts";
import { TaskView } from "./task-view.tsx";

const ROWS = 20;
/** From the first task that ended until the list is asked for the titles. */
const TITLES_MS = 1_000;
const FAULTS_SHOWN = 3;

export function ScrapePage() {
  const { item } = address.value;
  if (item !== null) return <TaskView key={item} id={item} />;
  const { title, lead } = t.value.scrape;
  return (
    <>
      <Heading title={title} lead={lead} />
      <Composer />
      <Following />
      <History />
    </>
  );
}

function Composer() {
  const words = t.value.scrape;
  const listed = useComputed(() => readUrlList(drafts.typed.value));
  const isSending = useSignal(false);
  const error = useSignal<unknown>(null);
  const { urls, faults, repeated, isTooMany } = listed.value;
  const canSend = urls.length > 0 && !isTooMany && !isSending.value;

  const submit = async (): Promise<void> => {
    if (!canSend) return;
    isSending.value = true;
    error.value = null;
    try {
      const target = urls.length === 1 ? { url: urls[0] } : { urls };
      const lane = drafts.lane.value === "auto" ? {} : { lane: drafts.lane.value };
      const tasks = readSubmitted(
        await askJson("/api/scrape/", { method: "POST", body: { ...target, ...lane } }),
      );
      following.add(tasks);
      drafts.typed.value = "";
      toast(words.sent(tasks.length));
    } catch (cause) {
      error.value = cause;
    }
    isSending.value = false;
  };

  return (
    <form
      class="card composer"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <label class="unseen" for="addresses">
        {words.label}
      </label>
      <textarea
        id="addresses"
        data-main-field
        rows={Math.min(10, Math.max(3, drafts.typed.value.split("\n").length))}
        placeholder={words.placeholder}
        spellcheck={false}
        autocapitalize="off"
        aria-describedby="addresses-read"
        aria-invalid={faults.length > 0 || isTooMany}
        value={drafts.typed.value}
        onInput={(event) => {
          drafts.typed.value = event.currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            void submit();
          }
        }}
      />
      <div class="composer-foot">
        <Choice
          label={words.lane}
          options={(["auto", "fast", "rich"] as const).map((name) => ({
            name,
            words: words.lanes[name],
            hint: words.laneHints[name],
          }))}
          chosen={drafts.lane.value}
          onChoose={(lane) => {
            drafts.lane.value = lane;
          }}
        />
        <p id="addresses-read" class="read" aria-live="polite">
          {isTooMany ? (
            <span class="fault">{words.tooMany(say.count(URLS_MAX))}</span>
          ) : urls.length > 0 ? (
            <span class="count">{words.ready(urls.length, say.count(urls.length))}</span>
          ) : null}
          {repeated > 0 && <span class="muted">{words.repeated(repeated)}</span>}
          {faults.length > 0 && <span class="fault">{words.faults(faults.length)}</span>}
        </p>
        <button type="submit" class="main" disabled={!canSend}>
          {isSending.value ? words.going : words.go}
          <kbd>Ctrl ⏎</kbd>
        </button>
      </div>
      {faults.length > 0 && (
        <ul class="faults">
          {faults.slice(0, FAULTS_SHOWN).map(({ line, text, fault }) => (
            <li key={`${line} ${text}`}>
              {words.line(line)}: <code>{text}</code> — {words.reasons[fault]}
            </li>
          ))}
          {faults.length > FAULTS_SHOWN && <li>…</li>}
        </ul>
      )}
      {error.value !== null && <Trouble error={error.value} />}
    </form>
  );
}

/** What was sent from this page, as it finishes. */
function Following() {
  const words = t.value.scrape;
  useEffect(() => following.watch(), []);
  const tasks = following.tasks.value;
  if (tasks.length === 0) return null;
  const done = tasks.filter(isOver).length;
  return (
    <section class="card" aria-label={words.now}>
      <header class="card-head">
        <h2>{words.now}</h2>
        <span class="muted small" role="status">
          {words.progress(say.count(done), say.count(tasks.length))}
        </span>
        <button type="button" class="quiet" onClick={() => following.clear()}>
          {words.clear}
        </button>
      </header>
      <progress
        value={done}
        max={tasks.length}
        aria-label={words.progress(String(done), String(tasks.length))}
      />
      <TaskRows tasks={tasks} />
    </section>
  );
}

function History() {
  const words = t.value.scrape;
  const { status = "", cursor = "" } = address.value.query;
  const path = `/api/scrape/${queryOf({ status, cursor, limit: ROWS })}`;
  const { data, error, isLoading, reload } = useLoaded(path, async (signal) =>
    readPage(await askJson(path, { signal }), readTask),
  );
  useEffect(() => {
    let titles: ReturnType<typeof setTimeout> | undefined;
    // An event has no title: the list brings those of all that ended meanwhile.
    const bringTitles = (): void => {
      titles ??= setTimeout(() => {
        titles = undefined;
        if (!isLoading.value) reload();
      }, TITLES_MS);
    };
    const stop = listen((event) => {
      if (event.name === "task") {
        const changed = readTask(fields(dataOf(event)));
        if (changed.status === "completed") bringTitles();
        const page = data.value;
        if (page === null) return;
        const isListed = page.items.some(({ id }) => id === changed.id);
        // One that is listed changes in its place; a new one belongs to the first page.
        if (isListed) {
          const items = page.items.map((task) =>
            task.id === changed.id
              ? {
                  ...{ ...changed, lane: task.lane, createdAt: task.createdAt, result: task.result },
                  title: task.title,
                }
              : task,
          );
          data.value = { ...page, items };
        } else if (cursor === "" && !isLoading.value) reload();
      } else if (event.name === "poll" && cursor === "" && !isLoading.value) reload();
    });
    return () => {
      stop();
      clearTimeout(titles);
    };
  }, [path]);
  return (
    <section class="card" aria-label={words.history}>
      <header class="card-head">
        <h2>{words.history}</h2>
        <label class="select">
          <span class="unseen">{words.status}</span>
          <select value={status} onChange={(event) => refine({ status: event.currentTarget.value })}>
            <option value="">{t.value.app.all}</option>
            {TASK_STATES.map((state) => (
              <option key={state} value={state}>
                {t.value.states[state]}
              </option>
            ))}
          </select>
        </label>
      </header>
      {error.value !== null && <Trouble error={error.value} onRetry={reload} />}
      {data.value === null ? (
        error.value === null && <Waiting />
      ) : data.value.items.length === 0 ? (
        status === "" ? (
          <Empty icon="scrape" title={words.empty} hint={words.emptyHint} />
        ) : (
          <Empty icon="scrape" title={words.emptyFilter} />
        )
      ) : (
        <TaskRows tasks={data.value.items} />
      )}
      <Pager
        hasFirst={cursor !== ""}
        next={data.value?.nextCursor ?? null}
        onGo={(to) => refine({ status, cursor: to })}
      />
    </section>
  );
}

const TaskRows = ({ tasks }: { readonly tasks: readonly Task[] }) => (
  <ul class="rows">
    {tasks.map((task) => (
      <li key={task.id}>
        <a href={addressOf("scrape", task.id)} class="row">
          <State name={task.status} words={t.value.states[task.status]} />
          <span class="row-main">
            <span class="row-title">{titleOf(task)}</span>
            {task.status === "failed" && task.errorMessage !== null ? (
              <span class="row-more fault">
                {task.errorCode !== null && <code>{task.errorCode} </code>}
                {task.errorMessage}
              </span>
            ) : (
              titleOf(task) !== bareUrl(task.url) && <span class="row-more">{bareUrl(task.url)}</span>
            )}
          </span>
          <span class="row-side">
            <Ago at={task.updatedAt ?? task.createdAt} />
          </span>
        </a>
      </li>
    ))}
  </ul>
);

const titleOf = (task: Task): string =>
  task.title === null || task.title === "" ? bareUrl(task.url) : task.title;
