// What is said of the browser, and how one is got: with steps that only pretend to install.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { FoundBrowser } from "../render/index.ts";
import { browserFinding, type InstallStep, installBrowser, installSteps, runStep } from "./doctor-browser.ts";

const shell: FoundBrowser = {
  executable: "/usr/bin/chromium-headless-shell",
  origin: "system",
  kind: "shell",
};
const whole: FoundBrowser = { executable: "/usr/bin/chromium", origin: "system", kind: "whole" };
const never = new AbortController().signal;

test("a browser that was found is named, and what would be cheaper is told", () => {
  assert.deepEqual(browserFinding(shell), {
    check: "browser",
    level: "ok",
    found: "/usr/bin/chromium-headless-shell, a headless shell",
    advice: null,
  });
  const { level, found, advice } = browserFinding(whole);
  assert.deepEqual([level, found], ["ok", "/usr/bin/chromium, a whole browser"]);
  assert.match(advice ?? "", /headless shell .* fraction of the work: millrace doctor --install-browser/);
  assert.equal(browserFinding({ ...whole, origin: "option" }).advice, null, "chosen");
});

test("without a browser a crawl still runs, and every system is told how to get one", () => {
  const { level, found, advice } = browserFinding(null);
  assert.equal(level, "warn");
  assert.match(found, /no Chromium found: .* reads pages in the fast lane/);
  assert.match(
    advice ?? "",
    /--install-browser .*Debian: apt install chromium-headless-shell.*macOS: brew install .*others: npx playwright-core install chromium/,
  );
});

function folderWith(t: TestContext, ...programs: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "millrace-doctor-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const program of programs) writeFileSync(join(folder, program), "#!/bin/sh\n", { mode: 0o755 });
  return folder;
}

test("root of a system with apt gets a package, anybody else Playwright's download", (t) => {
  const path = folderWith(t, "apt-get");
  const lines = (places: { platform?: NodeJS.Platform; isRoot?: boolean; path?: string }): string[] =>
    installSteps({ platform: "linux", isRoot: true, path, installer: "/cli.js", ...places }).map(({ args }) =>
      args.filter((word) => !word.startsWith("-")).join(" "),
    );
  const own = "/cli.js install chromium-headless-shell";
  const apt = "DEBIAN_FRONTEND=noninteractive apt-get";
  assert.deepEqual(lines({}), [
    `${apt} update`,
    `${apt} install chromium-headless-shell`,
    own,
    `${apt} install chromium`,
  ]);
  assert.deepEqual(lines({ isRoot: false }), [own]);
  assert.deepEqual(lines({ path: folderWith(t) }), [own]);
  assert.deepEqual(lines({ platform: "darwin" }), [own]);
});

/** Runs no step: `outcomes[n]` is what step n came to, `here` what is found after so many steps. */
async function installing(here: (FoundBrowser | null)[], outcomes: (string | null)[]) {
  const said: string[] = [];
  let ran = 0;
  const steps = outcomes.map((_, at): InstallStep => ({ why: "why", command: `step${at}`, args: [] }));
  const result = await installBrowser({
    io: { say: (line) => void said.push(line), stop: never },
    steps,
    look: () => here[ran] ?? null,
    run: async (step) => {
      assert.ok(said.at(-1)?.endsWith(step.command), "said before it is done");
      return outcomes[ran++] ?? null;
    },
  });
  return { result, said, ran };
}

test("what is here already is not installed again, and nothing beside a browser that was chosen", async () => {
  for (const found of [shell, { ...whole, origin: "option" }]) {
    const { result, ran, said } = await installing([found], [null]);
    assert.deepEqual([result, ran], [{ ok: true, value: found }, 0]);
    assert.match(said.join(), /is here already/);
  }
});

test("steps are taken until a headless shell is here; a whole browser is better than none", async () => {
  assert.deepEqual((await installing([null, null, shell], [null, null, null])).ran, 2);
  const second = await installing([whole, whole, whole], ["no such package", "no network"]);
  assert.deepEqual([second.result, second.ran], [{ ok: true, value: whole }, 2]);
});

test("where none can be had, the last reason and what to do are one line", async () => {
  const { result } = await installing([], ["E: Unable to locate package", "getaddrinfo ENOTFOUND"]);
  assert.ok(!result.ok);
  assert.match(
    result.error,
    /^no browser could be installed \(step1: getaddrinfo ENOTFOUND\): see that .*MILLRACE_RENDER_BROWSER$/,
  );
});

test("a step that fails tells why by its own words", async () => {
  const run = (script: string) => runStep({ why: "", command: "sh", args: ["-c", script] }, never);
  assert.equal(await run("exit 0"), null);
  assert.equal(
    await run("echo 'E: Unable to locate package x' >&2; echo; echo done; exit 100"),
    "E: Unable to locate package x",
  );
  assert.equal(await run("exit 3"), "it ended with 3");
  assert.match((await runStep({ why: "", command: "/no/such/program", args: [] }, never)) ?? "", /ENOENT/);
});
