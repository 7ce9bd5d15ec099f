// The frame: brand, places, settings, and the page of the place the reader is at. Its pages know nothing of it.
import { useEffect, useRef } from "preact/hooks";
import { addressOf, PLACES } from "../address.ts";
import { LANGUAGES } from "../format.ts";
import { JobsPage } from "./jobs.tsx";
import { LettersPage } from "./letters.tsx";
import { connection } from "./live.ts";
import { LivePage } from "./live-page.tsx";
import { address } from "./navigation.ts";
import { PagesPage } from "./pages.tsx";
import { Icon, Mark } from "./parts/icons.tsx";
import { Toasts } from "./parts/toast.tsx";
import { SchedulesPage } from "./schedules.tsx";
import { ScrapePage } from "./scrape.tsx";
import { forgetToken, token } from "./server.ts";
import { language, THEMES, t, theme } from "./settings.ts";
import { helpIsOpen, onKey, ShortcutHelp } from "./shortcuts.tsx";
import { TokenDialog } from "./token-dialog.tsx";

const PAGES = {
  scrape: ScrapePage,
  schedules: SchedulesPage,
  live: LivePage,
  pages: PagesPage,
  letters: LettersPage,
  jobs: JobsPage,
};
const LANGUAGE_NAMES = { en: "English", ko: "한국어" } as const;
const THEME_ICONS = { system: "system", light: "sun", dark: "moon" } as const;

export function App() {
  const { place, item } = address.value;
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  const title = t.value.places[place];
  useEffect(() => {
    document.title = `${title} · millrace`;
  }, [title]);
  useEffect(() => {
    // A new page is told by its heading; the first one leaves the focus where the browser put it.
    if (!isFirst.current) main.current?.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
    if (!isFirst.current) window.scrollTo(0, 0);
    isFirst.current = false;
  }, [place, item]);
  const Page = PAGES[place];
  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        {t.value.app.skip}
      </button>
      <div class="frame">
        <Side />
        <main ref={main} id="content" tabIndex={-1}>
          <Page key={place} />
        </main>
      </div>
      <Toasts />
      <ShortcutHelp />
      <TokenDialog />
    </>
  );
}

function Side() {
  const { app, places } = t.value;
  const { place } = address.value;
  return (
    <div class="side">
      <a class="brand" href={addressOf("scrape")} aria-label="millrace">
        <Mark />
        <span>millrace</span>
      </a>
      <nav class="places" aria-label={app.navigation}>
        {PLACES.map((each) => (
          <a key={each} href={addressOf(each)} aria-current={each === place ? "page" : undefined}>
            <Icon name={each} />
            <span>{places[each]}</span>
          </a>
        ))}
      </nav>
      <Settings />
    </div>
  );
}

function Settings() {
  const { app, token: words } = t.value;
  return (
    <div class="settings">
      <p class={`connection ${connection.value}`} role="status">
        <span class="dot" />
        <span>{app[connection.value]}</span>
      </p>
      <label class="select">
        <Icon name="globe" />
        <span class="unseen">{app.language}</span>
        <select
          value={language.value}
          onChange={(event) => {
            const chosen = LANGUAGES.find((known) => known === event.currentTarget.value);
            if (chosen !== undefined) language.value = chosen;
          }}
        >
          {LANGUAGES.map((each) => (
            <option key={each} value={each} lang={each}>
              {LANGUAGE_NAMES[each]}
            </option>
          ))}
        </select>
      </label>
      <label class="select">
        <Icon name={THEME_ICONS[theme.value]} />
        <span class="unseen">{app.theme}</span>
        <select
          value={theme.value}
          onChange={(event) => {
            const chosen = THEMES.find((known) => known === event.currentTarget.value);
            if (chosen !== undefined) theme.value = chosen;
          }}
        >
          {THEMES.map((each) => (
            <option key={each} value={each}>
              {app.themes[each]}
            </option>
          ))}
        </select>
      </label>
      <div class="small-links">
        <button
          type="button"
          class="quiet"
          onClick={() => {
            helpIsOpen.value = true;
          }}
        >
          <Icon name="keyboard" />
          <span>{app.shortcuts}</span>
        </button>
        <a class="button quiet" href="/docs">
          <Icon name="open" />
          <span>{app.apiDocs}</span>
        </a>
        {token.value !== null && (
          <button type="button" class="quiet" onClick={forgetToken}>
            <Icon name="close" />
            <span>{words.forget}</span>
          </button>
        )}
      </div>
    </div>
  );
}
