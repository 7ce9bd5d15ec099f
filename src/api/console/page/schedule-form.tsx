// The dialog that makes a schedule: a page or a recipe, at an interval or by cron in a time zone.
import { useSignal } from "@preact/signals";
import { readUrlList } from "../url-list.ts";
import { Dialog } from "./parts/dialog.tsx";
import { Choice, Trouble } from "./parts/pieces.tsx";
import { toast } from "./parts/toast.tsx";
import { askJson } from "./server.ts";
import { t } from "./settings.ts";

const UNIT_SECONDS = { minutes: 60, hours: 3_600, days: 86_400 } as const;
const UNITS = ["minutes", "hours", "days"] as const;
const PRESETS = { hourly: "0 * * * *", daily: "0 9 * * *", weekly: "0 9 * * 1" } as const;
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

const ZONES = Intl.supportedValuesOf("timeZone");

export function NewSchedule({ onClose }: { readonly onClose: (isMade: boolean) => void }) {
  const words = t.value.schedules;
  const kind = useSignal<"url" | "recipe">("url");
  const what = useSignal("");
  const rhythm = useSignal<"every" | "cron">("every");
  const every = useSignal("1");
  const unit = useSignal<(typeof UNITS)[number]>("hours");
  const cron = useSignal<string>(PRESETS.daily);
  const zone = useSignal(ZONE);
  const fault = useSignal<{ field: "what" | "rhythm"; words: string } | null>(null);
  const error = useSignal<unknown>(null);

  const body = (): Record<string, unknown> | null => {
    const url = readUrlList(what.value).urls;
    if (kind.value === "url" && url.length !== 1) fault.value = { field: "what", words: words.badUrl };
    else if (kind.value === "recipe" && what.value.trim() === "")
      fault.value = { field: "what", words: words.badRecipe };
    else if (rhythm.value === "cron" && cron.value.trim().split(/\s+/).length !== 5)
      fault.value = { field: "rhythm", words: words.badCron };
    else if (rhythm.value === "every" && !(Number(every.value) >= 1))
      fault.value = { field: "rhythm", words: words.badEvery };
    else {
      fault.value = null;
      const target = kind.value === "url" ? { url: url[0] } : { recipe: what.value.trim() };
      const when =
        rhythm.value === "cron"
          ? { cron: cron.value.trim(), time_zone: zone.value }
          : { every_seconds: Math.round(Number(every.value) * UNIT_SECONDS[unit.value]) };
      return { ...target, ...when };
    }
    return null;
  };

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const wanted = body();
    if (wanted === null) return;
    try {
      await askJson("/api/schedule/", { method: "POST", body: wanted });
      toast(words.created);
      onClose(true);
    } catch (cause) {
      error.value = cause;
    }
  };
  const faultOf = (field: "what" | "rhythm") =>
    fault.value?.field === field && (
      <p class="fault" id={`fault-${field}`} role="alert">
        {fault.value.words}
      </p>
    );

  return (
    <Dialog title={words.add} onClose={() => onClose(false)}>
      <form onSubmit={submit} noValidate>
        <Choice
          label={words.what}
          options={(["url", "recipe"] as const).map((name) => ({ name, words: words.kinds[name] }))}
          chosen={kind.value}
          onChoose={(name) => {
            kind.value = name;
          }}
        />
        <label class="field">
          <span>{words[kind.value]}</span>
          <input
            type="text"
            inputMode={kind.value === "url" ? "url" : "text"}
            placeholder={kind.value === "url" ? "https://example.com/news" : "images"}
            spellcheck={false}
            autocapitalize="off"
            value={what.value}
            aria-invalid={fault.value?.field === "what"}
            aria-describedby="fault-what"
            onInput={(event) => {
              what.value = event.currentTarget.value;
            }}
          />
        </label>
        {faultOf("what")}
        <Choice
          label={words.rhythm}
          options={(["every", "cron"] as const).map((name) => ({ name, words: words.rhythms[name] }))}
          chosen={rhythm.value}
          onChoose={(name) => {
            rhythm.value = name;
          }}
        />
        {rhythm.value === "every" ? (
          <div class="fields">
            <label class="field">
              <span>{words.every}</span>
              <input
                type="number"
                min="1"
                step="1"
                value={every.value}
                aria-describedby="fault-rhythm"
                onInput={(event) => {
                  every.value = event.currentTarget.value;
                }}
              />
            </label>
            <label class="field">
              <span>{words.unit}</span>
              <select
                value={unit.value}
                onChange={(event) => {
                  unit.value = UNITS.find((known) => known === event.currentTarget.value) ?? "hours";
                }}
              >
                {UNITS.map((each) => (
                  <option key={each} value={each}>
                    {words.units[each]}
                  </option>
                ))}
              </select>
            </label>
          </div>
        ) : (
          <>
            <fieldset class="presets">
              <legend class="unseen">{words.presets}</legend>
              {(["hourly", "daily", "weekly"] as const).map((name) => (
                <button
                  type="button"
                  key={name}
                  class="chip"
                  aria-pressed={cron.value === PRESETS[name]}
                  onClick={() => {
                    cron.value = PRESETS[name];
                  }}
                >
                  {words[name]}
                </button>
              ))}
            </fieldset>
            <div class="fields">
              <label class="field">
                <span>{words.cron}</span>
                <input
                  type="text"
                  class="mono"
                  spellcheck={false}
                  value={cron.value}
                  aria-invalid={fault.value?.field === "rhythm"}
                  aria-describedby="cron-hint fault-rhythm"
                  onInput={(event) => {
                    cron.value = event.currentTarget.value;
                  }}
                />
                <small id="cron-hint" class="muted">
                  {words.cronHint}
                </small>
              </label>
              <label class="field">
                <span>{words.zone}</span>
                <select
                  value={zone.value}
                  onChange={(event) => {
                    zone.value = event.currentTarget.value;
                  }}
                >
                  {[...new Set([ZONE, "UTC", ...ZONES])].map((each) => (
                    <option key={each} value={each}>
                      {each}
                    </option>
                  ))}
                </select>
              </label>
            </div>
          </>
        )}
        {faultOf("rhythm")}
        {error.value !== null && <Trouble error={error.value} />}
        <footer>
          <button type="button" onClick={() => onClose(false)}>
            {t.value.app.cancel}
          </button>
          <button type="submit" class="main">
            {words.save}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
