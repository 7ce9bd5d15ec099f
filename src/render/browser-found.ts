// Finds a Chromium by looking at files: where a system, a Mac or Playwright puts one. Starts no process, so it does not know
// whether what it found runs. Linux and macOS.
import { accessSync, constants, existsSync, readdirSync, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

export interface FoundBrowser {
  readonly executable: string;
  /** "option" (the configuration names it), "system" or "playwright". */
  readonly origin: string;
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

const NAMES = [
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
export function findBrowser({ wanted, path, home, platform }: BrowserPlaces): FoundBrowser | null {
  if (wanted !== null) return isExecutable(wanted) ? { executable: wanted, origin: "option" } : null;
  // An empty or relative entry would start whatever lies in the folder the crawl runs in.
  const folders = path.split(delimiter).filter((folder) => isAbsolute(folder));
  const onPath = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const files = platform === "darwin" ? MAC_FILES : LINUX_FILES;
  const system = [...onPath, ...files].find(isExecutable);
  if (system !== undefined) return { executable: system, origin: "system" };
  const playwright = ofPlaywright(home, platform).find(isExecutable);
  return playwright === undefined ? null : { executable: playwright, origin: "playwright" };
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

/** The newest first; of one revision the whole browser before its headless shell. */
function ofPlaywright(home: string, platform: NodeJS.Platform): string[] {
  const cache = platform === "darwin" ? join("Library", "Caches") : ".cache";
  const root = join(home, cache, "ms-playwright");
  return entriesOf(root)
    .flatMap((name) => {
      const [, kind, revision] = REVISION.exec(name) ?? [];
      return kind === undefined ? [] : [{ folder: join(root, name), kind, revision: Number(revision) }];
    })
    .sort((a, b) => b.revision - a.revision || a.kind.length - b.kind.length)
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

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false; // not there, or not ours to run
  }
}
