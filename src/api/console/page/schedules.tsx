// Schedules: what runs when, on or off, and a dialog that makes a new one.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { readPage, readSchedule, type Schedule } from "../answers.ts";
import { bareUrl } from "../format.ts";
import { listen } from "./live.ts";
import { address, refine } from "./navigation.ts";
import { Sure } from "./parts/dialog.tsx";
import { Icon } from "./parts/icons.tsx";
import { useLoaded } from "./parts/loading.ts";
import { Ago, Empty, Heading, Pager, Trouble, Waiting, wordsOf } from "./parts/pieces.tsx";
import { toast } from "./parts/toast.tsx";
import { NewSchedule } from "./schedule-form.tsx";
import { ask, askJson, queryOf } from "./server.ts";
import { say, t } from "./settings.ts";

const ROWS = 50;

export function SchedulesPage() {
  const words = t.value.schedules;
  const { cursor = "" } = address.value.query;
  const path = `/api/schedule/${queryOf({ cursor, limit: ROWS })}`;
  const { data, error, reload } = useLoaded(path, async (signal) =>
    readPage(await askJson(path, { signal }), readSchedule),
  );
  useEffect(() => listen(({ name }) => name === "schedule" && reload()), [reload]);
  const isMaking = useSignal(false);
  const leaving = useSignal<Schedule | null>(null);

  const change = async (work: () => Promise<unknown>, done: string | null): Promise<void> => {
    try {
      await work();
      if (done !== null) toast(done);
    } catch (cause) {
      toast(wordsOf(cause).title, true);
    }
    reload();
  };
  const pathOf = ({ id }: Schedule): string => `/api/schedule/${encodeURIComponent(id)}/`;

  return (
    <>
      <Heading title={words.title} lead={words.lead}>
        <button
          type="button"
          class="main"
          data-main-field
          onClick={() => {
            isMaking.value = true;
          }}
        >
          <Icon name="plus" />
          {words.add}
        </button>
      </Heading>
      {error.value !== null && <Trouble error={error.value} onRetry={reload} />}
      <section class="card" aria-label={words.title}>
        {data.value === null ? (
          error.value === null && <Waiting />
        ) : data.value.items.length === 0 ? (
          <Empty icon="schedules" title={words.empty} hint={words.emptyHint} />
        ) : (
          <ul class="rows">
            {data.value.items.map((each) => (
              <Row
                key={each.id}
                schedule={each}
                onSwitch={(enabled) =>
                  change(() => ask(pathOf(each), { method: "PATCH", body: { enabled } }), null)
                }
                onDelete={() => {
                  leaving.value = each;
                }}
              />
            ))}
          </ul>
        )}
        <Pager
          hasFirst={cursor !== ""}
          next={data.value?.nextCursor ?? null}
          onGo={(to) => refine({ cursor: to })}
        />
      </section>
      {isMaking.value && (
        <NewSchedule
          onClose={(isMade) => {
            isMaking.value = false;
            if (isMade) reload();
          }}
        />
      )}
      {leaving.value !== null && (
        <Sure
          title={words.sure}
          hint={`${bareUrl(leaving.value.what)}. ${words.sureHint}`}
          action={t.value.app.deleteIt}
          onYes={() => {
            const gone = leaving.value;
            if (gone !== null) void change(() => ask(pathOf(gone), { method: "DELETE" }), words.deleted);
          }}
          onClose={() => {
            leaving.value = null;
          }}
        />
      )}
    </>
  );
}

function Row(props: {
  readonly schedule: Schedule;
  readonly onSwitch: (enabled: boolean) => void;
  readonly onDelete: () => void;
}) {
  const { schedule, onSwitch, onDelete } = props;
  const words = t.value.schedules;
  const name = schedule.isRecipe ? schedule.what : bareUrl(schedule.what);
  return (
    <li class="row">
      <label class="switch">
        <input
          type="checkbox"
          role="switch"
          aria-label={words.enabled(name)}
          checked={schedule.isEnabled}
          aria-checked={schedule.isEnabled}
          onChange={(event) => onSwitch(event.currentTarget.checked)}
        />
        <span aria-hidden="true" />
      </label>
      <span class="row-main">
        <span class="row-title">{name}</span>
        <span class="row-more">
          {schedule.cron === null ? (
            `${words.rhythms.every} ${say.duration((schedule.everySeconds ?? 0) * 1_000)}`
          ) : (
            <>
              <code>{schedule.cron}</code> {schedule.timeZone}
            </>
          )}
        </span>
      </span>
      <dl class="row-side pair">
        <div>
          <dt>{words.next}</dt>
          <dd>{schedule.isEnabled ? <Ago at={schedule.nextRun} /> : words.off}</dd>
        </div>
        <div>
          <dt>{words.last}</dt>
          <dd>{schedule.lastRun === null ? words.never : <Ago at={schedule.lastRun} />}</dd>
        </div>
      </dl>
      <button
        type="button"
        class="quiet square"
        aria-label={`${t.value.app.deleteIt}: ${name}`}
        onClick={onDelete}
      >
        <Icon name="trash" />
      </button>
    </li>
  );
}
