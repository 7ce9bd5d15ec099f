// The small pieces that every page is made of: heading, state, time, notice, empty place, tabs, pager.
import type { ComponentChildren } from "preact";
import { useId, useRef } from "preact/hooks";
import { TASK_STATES } from "../../answers.ts";
import { Refusal } from "../server.ts";
import { say, t } from "../settings.ts";
import { Icon, type IconName } from "./icons.tsx";
import { toast } from "./toast.tsx";

export const Heading = (props: {
  readonly title: string;
  readonly lead?: string;
  readonly children?: ComponentChildren;
}) => (
  <header class="heading">
    <div>
      <h1 tabIndex={-1}>{props.title}</h1>
      {props.lead !== undefined && <p class="muted">{props.lead}</p>}
    </div>
    {props.children !== undefined && <div class="actions">{props.children}</div>}
  </header>
);

/** A state by colour, picture and word. */
export function State({ name, words }: { readonly name: string; readonly words: string }) {
  const known: IconName =
    TASK_STATES.find((state) => state === name) ??
    (name === "active" ? "running" : name === "cancelled" ? "failed" : "pending");
  return (
    <span class={`state ${known}`}>
      <Icon name={known} />
      {words}
    </span>
  );
}

export const Ago = ({ at }: { readonly at: number | null }) =>
  at === null ? (
    <span class="muted">{t.value.app.none}</span>
  ) : (
    <time dateTime={new Date(at).toISOString()} title={say.moment(at)}>
      {say.ago(at)}
    </time>
  );

export function wordsOf(error: unknown): { title: string; hint: string } {
  if (!(error instanceof Refusal)) return { title: String(error), hint: "" };
  if (error.status === 0) return { title: t.value.app.offline, hint: t.value.app.offlineHint };
  return { title: error.message || t.value.app.failed(error.status), hint: error.fieldFaults.join("; ") };
}

export function Trouble({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const { title, hint } = wordsOf(error);
  return (
    <div class="notice bad" role="alert">
      <Icon name="failed" />
      <div>
        <strong>{title}</strong>
        {hint !== "" && <p>{hint}</p>}
      </div>
      {onRetry !== undefined && (
        <button type="button" onClick={onRetry}>
          {t.value.app.retry}
        </button>
      )}
    </div>
  );
}

export const Empty = (props: {
  readonly icon: IconName;
  readonly title: string;
  readonly hint?: string;
  readonly children?: ComponentChildren;
}) => (
  <div class="empty">
    <Icon name={props.icon} />
    <strong>{props.title}</strong>
    {props.hint !== undefined && <p class="muted">{props.hint}</p>}
    {props.children}
  </div>
);

export const Waiting = ({ rows = 4 }: { readonly rows?: number }) => (
  <div class="waiting" role="status">
    <span class="unseen">{t.value.app.loading}</span>
    {Array.from({ length: rows }, (_, row) => (
      <span key={row} class="bone" />
    ))}
  </div>
);

/** Tabs as the ARIA practices have them: arrows move, one stop of the Tab key. */
export function Tabs<Name extends string>(props: {
  readonly label: string;
  readonly tabs: readonly { readonly name: Name; readonly words: string }[];
  readonly chosen: Name;
  readonly onChoose: (name: Name) => void;
  readonly children: ComponentChildren;
}) {
  const id = useId();
  const bar = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent): void => {
    const at = props.tabs.findIndex(({ name }) => name === props.chosen);
    const last = props.tabs.length - 1;
    const to = {
      ArrowRight: at === last ? 0 : at + 1,
      ArrowLeft: at === 0 ? last : at - 1,
      Home: 0,
      End: last,
    }[event.key];
    const next = to === undefined ? undefined : props.tabs[to];
    if (to === undefined || next === undefined) return;
    event.preventDefault();
    props.onChoose(next.name);
    bar.current?.querySelectorAll<HTMLElement>("[role=tab]")[to]?.focus();
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label={props.label} ref={bar} onKeyDown={move}>
        {props.tabs.map(({ name, words }) => (
          <button
            type="button"
            key={name}
            role="tab"
            id={`${id}-${name}`}
            aria-selected={name === props.chosen}
            aria-controls={`${id}-panel`}
            tabIndex={name === props.chosen ? 0 : -1}
            onClick={() => props.onChoose(name)}
          >
            {words}
          </button>
        ))}
      </div>
      <div class="panel" role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${props.chosen}`}>
        {props.children}
      </div>
    </>
  );
}

/** One of a few, as a row of radio buttons. */
export function Choice<Name extends string>(props: {
  readonly label: string;
  readonly options: readonly { readonly name: Name; readonly words: string; readonly hint?: string }[];
  readonly chosen: Name;
  readonly onChoose: (name: Name) => void;
}) {
  const group = useId();
  return (
    <fieldset class="choice">
      <legend class="unseen">{props.label}</legend>
      {props.options.map(({ name, words, hint }) => (
        <label key={name} title={hint}>
          <input
            type="radio"
            name={group}
            checked={name === props.chosen}
            onChange={() => props.onChoose(name)}
          />
          <span>{words}</span>
        </label>
      ))}
    </fieldset>
  );
}

export const Pager = (props: {
  readonly hasFirst: boolean;
  readonly next: string | null;
  readonly onGo: (cursor: string) => void;
}) =>
  props.hasFirst || props.next !== null ? (
    <nav class="pager">
      <button type="button" disabled={!props.hasFirst} onClick={() => props.onGo("")}>
        <Icon name="back" />
        {t.value.app.first}
      </button>
      <button
        type="button"
        disabled={props.next === null}
        onClick={() => props.next !== null && props.onGo(props.next)}
      >
        {t.value.app.more}
        <Icon name="next" />
      </button>
    </nav>
  ) : null;

export async function copy(words: string): Promise<void> {
  await navigator.clipboard.writeText(words).then(
    () => toast(t.value.app.copied),
    () => toast(t.value.app.copyFailed, true),
  );
}

export function download(name: string, content: string, type: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
