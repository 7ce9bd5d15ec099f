// Batch jobs: their next run, their last ones with steps and log, and a button that starts one now.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { addressOf } from "../address.ts";
import { type Job, type Run, readJob, readPage, readRun } from "../answers.ts";
import { Source } from "./document-view.tsx";
import { listen } from "./live.ts";
import { address } from "./navigation.ts";
import { Icon } from "./parts/icons.tsx";
import { useLoaded } from "./parts/loading.ts";
import { Ago, Empty, Heading, State, Trouble, Waiting, wordsOf } from "./parts/pieces.tsx";
import { toast } from "./parts/toast.tsx";
import { askJson } from "./server.ts";
import { now, say, t } from "./settings.ts";

const RUNS_SHOWN = 20;
const LOG_LINES_SHOWN = 500;

const wordOf = (status: string): string => t.value.jobs.states[status] ?? status;

async function start(name: string): Promise<void> {
  try {
    await askJson(`/api/jobs/${encodeURIComponent(name)}/run`, { method: "POST", body: {} });
    toast(`${name}: ${t.value.jobs.started}`);
  } catch (cause) {
    toast(wordsOf(cause).title, true);
  }
}

const useJobEvents = (reload: () => void): void => {
  useEffect(
    () =>
      listen(({ name }) => {
        if (name === "job" || name === "poll") reload();
      }),
    [reload],
  );
};

export function JobsPage() {
  const { item } = address.value;
  return item === null ? <JobList /> : <JobRuns key={item} name={item} />;
}

function JobList() {
  const words = t.value.jobs;
  const { data, error, reload } = useLoaded("jobs", async (signal) =>
    readPage(await askJson("/api/jobs", { signal }), readJob),
  );
  useJobEvents(reload);
  return (
    <>
      <Heading title={words.title} lead={words.lead} />
      {error.value !== null && <Trouble error={error.value} onRetry={reload} />}
      {data.value === null ? (
        error.value === null && <Waiting />
      ) : data.value.items.length === 0 ? (
        <section class="card">
          <Empty icon="jobs" title={words.empty} hint={words.emptyHint} />
        </section>
      ) : (
        <ul class="tiles">
          {data.value.items.map((job) => (
            <JobTile key={job.name} job={job} onStart={() => start(job.name).then(reload)} />
          ))}
        </ul>
      )}
    </>
  );
}

function JobTile({ job, onStart }: { readonly job: Job; readonly onStart: () => void }) {
  const words = t.value.jobs;
  return (
    <li class="card tile">
      <header class="card-head">
        <h2>
          <a href={addressOf("jobs", job.name)}>{job.name}</a>
        </h2>
        {!job.isEnabled && <span class="chip">{t.value.schedules.off}</span>}
      </header>
      <dl class="pair">
        <div>
          <dt>{words.next}</dt>
          <dd>
            <Ago at={job.nextRun} />
          </dd>
        </div>
        <div>
          <dt>{words.last}</dt>
          <dd>
            <Ago at={job.lastRun} />
          </dd>
        </div>
      </dl>
      {job.cron !== null && (
        <p class="small muted">
          <code>{job.cron}</code> {job.timeZone}
        </p>
      )}
      <button type="button" onClick={onStart} aria-label={`${words.runNow}: ${job.name}`}>
        <Icon name="play" />
        {words.runNow}
      </button>
    </li>
  );
}

function JobRuns({ name }: { readonly name: string }) {
  const words = t.value.jobs;
  const path = `/api/jobs/${encodeURIComponent(name)}/runs?limit=${RUNS_SHOWN}`;
  const { data, error, reload } = useLoaded(path, async (signal) =>
    readPage(await askJson(path, { signal }), readRun),
  );
  useJobEvents(reload);
  return (
    <>
      <a class="back" href={addressOf("jobs")}>
        <Icon name="back" />
        {words.title}
      </a>
      <Heading title={name}>
        <button type="button" class="main" onClick={() => start(name).then(reload)}>
          <Icon name="play" />
          {words.runNow}
        </button>
      </Heading>
      {error.value !== null && <Trouble error={error.value} onRetry={reload} />}
      <section class="card" aria-label={words.history}>
        <header class="card-head">
          <h2>{words.history}</h2>
        </header>
        {data.value === null ? (
          error.value === null && <Waiting />
        ) : data.value.items.length === 0 ? (
          <Empty icon="jobs" title={words.noRuns} />
        ) : (
          data.value.items.map((run, index) => <RunView key={run.id} run={run} isFirst={index === 0} />)
        )}
      </section>
    </>
  );
}

function RunView({ run, isFirst }: { readonly run: Run; readonly isFirst: boolean }) {
  const words = t.value.jobs;
  const isOpen = useSignal(isFirst);
  return (
    <details
      class="run"
      open={isOpen.value}
      onToggle={(event) => {
        isOpen.value = event.currentTarget.open;
      }}
    >
      <summary>
        <State name={run.status} words={wordOf(run.status)} />
        <Ago at={run.startedAt} />
        <span class="muted">{tookOf(run)}</span>
        {run.isLate && <span class="chip">{words.late}</span>}
      </summary>
      {run.error !== null && <p class="fault">{run.error}</p>}
      {run.steps.length > 0 && (
        <ol class="steps" aria-label={words.steps}>
          {run.steps.map((step, index) => (
            <li key={`${index} ${step.name}`}>
              <State name={step.status} words={wordOf(step.status)} />
              <span class="row-main">
                <span class="row-title">{step.name}</span>
                {step.log !== "" && (
                  <pre class="step-log">{step.log.split("\n").slice(-LOG_LINES_SHOWN).join("\n")}</pre>
                )}
              </span>
              <span class="muted small">{tookOf(step)}</span>
            </li>
          ))}
        </ol>
      )}
      {run.summary !== null && <Source content={run.summary} />}
    </details>
  );
}

function tookOf({ startedAt, endedAt }: Pick<Run, "startedAt" | "endedAt">): string {
  if (startedAt === null) return "";
  return t.value.jobs.took(say.duration(Math.max(0, (endedAt ?? now.value) - startedAt)));
}
