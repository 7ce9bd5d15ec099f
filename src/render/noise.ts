// A page that makes so much noise (requests, messages, errors, addresses, windows) that to hear it costs the pages beside it: its
// scripts are stopped, and it is read as it is by then. Knows no document.
import type { DevToolsSession } from "./devtools.ts";
import type { Tab } from "./tab.ts";

/** Of all kinds together; a busy page makes some hundred. */
const NOISES_MAX = 1_000;
/** A request of a script's own counts for so many: it is the dearest, and a script that never stops makes them fastest. */
const REQUEST_NOISES = 3;

/** What a page tells its console nobody reads; each line of it would be carried here, and a flood of them before all else. */
export const QUIET_CONSOLE = `for (const name of ["assert", "count", "debug", "dir", "dirxml", "error", "group", "groupCollapsed", "groupEnd",
  "info", "log", "table", "timeEnd", "timeLog", "trace", "warn"]) console[name] = () => {}`;

/** Resolves when the page was stopped for its noise; a page that goes before is gone. Its session tells of requests and frames. */
export function stoppedForNoise(tab: Pick<Tab, "onNoise">, session: DevToolsSession): Promise<void> {
  return new Promise((resolve) => {
    let heard = 0;
    const hear = (noises: number): void => {
      if (heard >= NOISES_MAX) return;
      heard += noises;
      if (heard < NOISES_MAX) return;
      // Who has gone already makes no noise.
      const stopped = session.send("Emulation.setScriptExecutionDisabled", { value: true });
      stopped.catch(() => undefined).then(() => resolve());
    };
    const one = (): void => hear(1);
    session.on("Network.requestWillBeSent", ({ type }) =>
      hear(type === "Fetch" || type === "XHR" ? REQUEST_NOISES : 1),
    );
    session.on("Page.frameNavigated", one);
    session.on("Page.navigatedWithinDocument", one);
    session.on("Page.javascriptDialogOpening", one);
    tab.onNoise(one);
  });
}
