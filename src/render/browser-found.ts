// Finds a Chromium by looking at files: where a system, a Mac or Playwright puts one. A headless shell comes before any whole
// browser: it shows the same pages for a fraction of the work. Starts no process, so it does not know whether what it found
// runs. Linux and macOS.
import { accessSync, constants, existsSync, readdirSync, statSync } from "node:fs";
import { basename, delimiter, isAbsolute, join } from "node:path";

export interface FoundBrowser {
  readonly executable: string;
  /** "option" (the configuration names it), "system" or "playwright". */
  readonly origin: string;
  /** "shell": Chromium without a window; "whole": one that could also show itself. */
  readonly kind: "shell" | "whole";
}

export interface BrowserPlaces {
  /** The configuration's path of one, which then is the only one looked at; null: looked for. */
  readonly wanted: string | null;
  /** Folders as in the variable PATH. */
  readonly path: string;
  /** The user's folder, under which Playwright keeps its browsers. */
  readonly home: string;
  readonly platform: NodeJS.Platform;
}

type Places = Omit<BrowserPlaces, "wanted">;

const SHELL_NAMES = ["chromium-headless-shell", "chrome-headless-shell", "headless_shell"];
const WHOLE_NAMES = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "chrome",
  "microsoft-edge",
];
const MAC_FILES = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
const LINUX_FILES = ["/snap/bin/chromium"];

/** The first one that may be executed; null where there is none. */
export function findBrowser(places: BrowserPlaces): FoundBrowser | null {
  const { wanted } = places;
  if (wanted === null) return foundAmong(shellPlaces(places)) ?? foundAmong(wholePlaces(places));
  const kind = SHELL_NAMES.includes(basename(wanted)) ? "shell" : "whole";
  return isExecutable(wanted) ? { executable: wanted, origin: "option", kind } : null;
}

/** One of each kind that is here, the one the lane takes first. */
export function findBrowsers(places: Places): FoundBrowser[] {
  return [foundAmong(shellPlaces(places)), foundAmong(wholePlaces(places))].filter((found) => found !== null);
}

const foundAmong = (places: readonly FoundBrowser[]): FoundBrowser | null =>
  places.find(({ executable }) => isExecutable(executable)) ?? null;

const shellPlaces = ({ path, home, platform }: Places): FoundBrowser[] => [
  ...onPath(path, SHELL_NAMES).map(from("system", "shell")),
  ...ofPlaywright(home, platform, "chromium_headless_shell").map(from("playwright", "shell")),
];

const wholePlaces = ({ path, home, platform }: Places): FoundBrowser[] => [
  ...[...onPath(path, WHOLE_NAMES), ...(platform === "darwin" ? MAC_FILES : LINUX_FILES)].map(
    from("system", "whole"),
  ),
  ...ofPlaywright(home, platform, "chromium").map(from("playwright", "whole")),
];

const from =
  (origin: string, kind: FoundBrowser["kind"]) =>
  (executable: string): FoundBrowser => ({ executable, origin, kind });

function onPath(path: string, names: readonly string[]): string[] {
  // An empty or relative entry would start whatever lies in the folder the crawl runs in.
  const folders = path.split(delimiter).filter((folder) => isAbsolute(folder));
  return folders.flatMap((folder) => names.map((name) => join(folder, name)));
}

// Playwright names a folder by the revision, in it one by the platform; the program's name changed with Chrome for Testing.
const REVISION = /^(chromium|chromium_headless_shell)-(\d+)$/;
const MAC_CHROME = "Google Chrome for Testing";
const PROGRAMS = [
  ["chrome"],
  ["Chromium.app", "Contents", "MacOS", "Chromium"],
  [`${MAC_CHROME}.app`, "Contents", "MacOS", MAC_CHROME],
  ["headless_shell"],
  ["chrome-headless-shell"],
];

/** The newest first. */
function ofPlaywright(home: string, platform: NodeJS.Platform, wanted: string): string[] {
  const cache = platform === "darwin" ? join("Library", "Caches") : ".cache";
  const root = join(home, cache, "ms-playwright");
  return entriesOf(root)
    .flatMap((name) => {
      const [, kind, revision] = REVISION.exec(name) ?? [];
      return kind === wanted ? [{ folder: join(root, name), revision: Number(revision) }] : [];
    })
    .sort((a, b) => b.revision - a.revision)
    .filter(({ folder }) => existsSync(join(folder, "INSTALLATION_COMPLETE"))) // else broken off halfway
    .flatMap(({ folder }) =>
      entriesOf(folder)
        .filter((name) => name.startsWith("chrome-"))
        .flatMap((name) => PROGRAMS.map((program) => join(folder, name, ...program))),
    );
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return []; // not there, or not ours to read: nothing to find in it
  }
}

/** Whether a program of this name may be executed from there. `path`: as the variable PATH. */
export const isOnPath = (program: string, path: string): boolean =>
  onPath(path, [program]).some(isExecutable);

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false; // not there, or not ours to run
  }
}
