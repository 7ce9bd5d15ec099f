// The single keys: `g` and a letter goes to a page, `/` to its field, `?` shows them. Can be switched off (WCAG 2.1.4), and never
// act while something is being typed.
import { signal } from "@preact/signals";
import { PLACES, type Place } from "../address.ts";
import { go } from "./navigation.ts";
import { Dialog } from "./parts/dialog.tsx";
import { singleKeys, t } from "./settings.ts";

const LETTERS: Readonly<Record<Place, string>> = {
  scrape: "s",
  schedules: "c",
  live: "l",
  pages: "p",
  letters: "d",
  jobs: "j",
};
const SECOND_KEY_MS_MAX = 1_500;

export const helpIsOpen = signal(false);
let waitingSince = 0;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest("input:not([type=radio]), textarea, select, dialog") !== null;

export function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!singleKeys.value || isTyping(event.target) || document.querySelector("dialog[open]") !== null) return;
  if (event.key === "?") helpIsOpen.value = true;
  else if (event.key === "/") document.querySelector<HTMLElement>("[data-main-field]")?.focus();
  else if (event.key === "g") {
    waitingSince = event.timeStamp;
    return;
  } else {
    const place = PLACES.find((known) => LETTERS[known] === event.key);
    if (place === undefined || event.timeStamp - waitingSince > SECOND_KEY_MS_MAX) return;
    go(place);
  }
  waitingSince = 0;
  event.preventDefault();
}

export function ShortcutHelp() {
  if (!helpIsOpen.value) return null;
  const { keys, places } = t.value;
  const rows = [
    ...PLACES.map((place) => ({ parts: ["g", LETTERS[place]], words: keys.go(places[place]) })),
    { parts: ["/"], words: keys.focus },
    { parts: ["Ctrl", "Enter"], words: keys.submit },
    { parts: ["?"], words: keys.help },
    { parts: ["Esc"], words: keys.escape },
  ];
  return (
    <Dialog
      title={keys.title}
      onClose={() => {
        helpIsOpen.value = false;
      }}
    >
      <dl class="keys">
        {rows.map(({ parts, words }) => (
          <div key={words}>
            <dt>
              {parts.map((part) => (
                <kbd key={part}>{part}</kbd>
              ))}
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input
          type="checkbox"
          checked={singleKeys.value}
          onChange={(event) => {
            singleKeys.value = event.currentTarget.checked;
          }}
        />
        {keys.on}
      </label>
    </Dialog>
  );
}
