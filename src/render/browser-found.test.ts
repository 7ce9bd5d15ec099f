// Which Chromium is taken, on folders made for each case.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, relative } from "node:path";
import { type TestContext, test } from "node:test";
import { type BrowserPlaces, findBrowser, findBrowsers } from "./browser-found.ts";

interface Machine {
  readonly folder: string;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** Makes an executable file under the folder; answers its path. */
  program(...path: string[]): string;
  /** As Playwright leaves it: with its mark, unless it was broken off. */
  playwright(revision: string, program: string, whole?: boolean): string;
  find(places?: Partial<BrowserPlaces>): ReturnType<typeof findBrowser>;
}

function machine(t: TestContext, platform: NodeJS.Platform = "linux"): Machine {
  const folder = mkdtempSync(join(tmpdir(), "millrace-browser-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const home = join(folder, "home");
  const cache = platform === "darwin" ? join(home, "Library", "Caches") : join(home, ".cache");
  const program = (...path: string[]): string => {
    const file = join(folder, ...path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "#!/bin/sh\n", { mode: 0o755 });
    return file;
  };
  return {
    folder,
    home,
    platform,
    program,
    playwright(revision, name, whole = true) {
      const root = join(cache, "ms-playwright", revision);
      const file = program(relative(folder, join(root, name)));
      if (whole) writeFileSync(join(root, "INSTALLATION_COMPLETE"), "");
      return file;
    },
    find: (places = {}) => findBrowser({ wanted: null, path: "", home, platform, ...places }),
  };
}

/** Skips where a browser lies in a folder that no case can make its own: the test sees nothing behind it. */
function isSkipped(t: TestContext, m: Machine): boolean {
  const found = m.find();
  if (found !== null) t.skip(`${found.executable} is always found first here`);
  return found !== null;
}

test("a wanted browser is taken, and no other when it cannot be executed", (t) => {
  const m = machine(t);
  const path = dirname(m.program("bin", "chromium"));
  const wanted = m.program("own", "my browser");
  assert.deepEqual(m.find({ wanted, path }), {
    executable: wanted,
    origin: "option",
    kind: "whole",
  });
  assert.equal(m.find({ wanted: join(m.folder, "own", "none"), path }), null);
  assert.equal(m.find({ wanted: dirname(wanted), path }), null, "a folder");
  writeFileSync(join(m.folder, "text"), "", { mode: 0o644 });
  assert.equal(m.find({ wanted: join(m.folder, "text"), path }), null, "not executable");
});

test("the first folder of PATH with a browser wins, and in it Chromium before the others", (t) => {
  const m = machine(t);
  const chrome = m.program("one", "google-chrome");
  const chromium = m.program("two", "chromium");
  m.program("two", "google-chrome");
  m.playwright("chromium-1200", "chrome-linux/chrome");
  const folders = ["none", "one", "two"].map((name) => join(m.folder, name));
  assert.deepEqual(m.find({ path: folders.join(delimiter) }), {
    executable: chrome,
    origin: "system",
    kind: "whole",
  });
  assert.deepEqual(m.find({ path: folders.toReversed().join(delimiter) }), {
    executable: chromium,
    origin: "system",
    kind: "whole",
  });
});

test("a link to a browser counts as one, a dangling link and a folder do not", (t) => {
  const m = machine(t);
  const edge = m.program("bin", "microsoft-edge");
  mkdirSync(join(m.folder, "bin", "chromium"));
  symlinkSync(join(m.folder, "gone"), join(m.folder, "bin", "google-chrome"));
  const path = join(m.folder, "bin");
  assert.equal(m.find({ path })?.executable, edge);
  symlinkSync(edge, join(path, "chrome"));
  assert.equal(m.find({ path })?.executable, join(path, "chrome"));
});

test("an empty or relative entry of PATH is not looked into", (t) => {
  const m = machine(t);
  if (isSkipped(t, m)) return;
  const before = process.cwd();
  m.program("chromium");
  m.program("bin", "chromium");
  process.chdir(m.folder);
  t.after(() => process.chdir(before));
  assert.equal(m.find({ path: ["", ".", "bin"].join(delimiter) }), null);
});

test("a headless shell comes before every whole browser, the system's before Playwright's", (t) => {
  const m = machine(t);
  const chromium = m.program("bin", "chromium");
  const path = ["bin", "late"].map((name) => join(m.folder, name)).join(delimiter);
  assert.equal(m.find({ path })?.executable, chromium);
  m.playwright("chromium-1300", "chrome-linux64/chrome");
  const ofPlaywright = m.playwright("chromium_headless_shell-1187", "chrome-linux/headless_shell");
  assert.deepEqual(m.find({ path }), { executable: ofPlaywright, origin: "playwright", kind: "shell" });
  const debian = m.program("late", "chromium-headless-shell");
  assert.deepEqual(m.find({ path }), { executable: debian, origin: "system", kind: "shell" });
  const { home, platform } = m;
  assert.deepEqual(
    findBrowsers({ path, home, platform }).map(({ executable }) => executable),
    [debian, chromium],
    "one of each kind",
  );
  const wanted = m.find({ wanted: debian });
  assert.equal(wanted?.kind, "shell");
});

test("of Playwright's browsers the newest of a kind is taken", (t) => {
  const m = machine(t);
  if (isSkipped(t, m)) return;
  const old = m.playwright("chromium-999", "chrome-linux/chrome");
  assert.deepEqual(m.find(), { executable: old, origin: "playwright", kind: "whole" });
  const whole = m.playwright("chromium-1187", "chrome-linux64/chrome");
  assert.equal(m.find()?.executable, whole, "1187 is newer than 999");
  m.playwright("chromium_headless_shell-1187", "chrome-linux/headless_shell");
  const renamed = m.playwright(
    "chromium_headless_shell-1210",
    "chrome-headless-shell-linux64/chrome-headless-shell",
  );
  assert.equal(m.find()?.executable, renamed);
  m.playwright("chromium_headless_shell-1300", "chrome-headless-shell-linux64/chrome-headless-shell", false);
  m.playwright("chromium-tip-of-tree-1400", "chrome-linux64/chrome");
  m.playwright("firefox-1500", "firefox/firefox");
  assert.equal(m.find()?.executable, renamed, "broken off, or another browser");
});

test("on a Mac Playwright's browsers lie in the user's Library", (t) => {
  const m = machine(t, "darwin");
  if (isSkipped(t, m)) return;
  const chromium = m.playwright("chromium-1187", "chrome-mac/Chromium.app/Contents/MacOS/Chromium");
  assert.deepEqual(m.find(), { executable: chromium, origin: "playwright", kind: "whole" });
  const forTesting = m.playwright(
    "chromium-1210",
    "chrome-mac-arm64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
  );
  assert.equal(m.find()?.executable, forTesting);
  assert.equal(m.find({ platform: "linux" }), null);
});
