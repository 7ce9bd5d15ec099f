// Files of cookies and local storage: read, refused, written back; and never shown.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { StorageFiles } from "./storage-state.ts";

const SECRET = "hunter2-secret";
const STATE = {
  cookies: [
    {
      name: "sid",
      value: SECRET,
      domain: "a.test",
      path: "/",
      expires: -1,
      httpOnly: true,
      secure: false,
      sameSite: "Lax",
    },
  ],
  origins: [{ origin: "http://a.test:80", localStorage: [{ name: "token", value: SECRET }] }],
};

async function inFolder(run: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-state-"));
  try {
    await run(join(folder, "state.json"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test("a file as Playwright writes it is read, and what it has besides is left", () =>
  inFolder(async (file) => {
    const more = { ...STATE, origins: [{ ...STATE.origins[0], indexedDB: [] }] };
    await writeFile(file, JSON.stringify(more));
    const read = await new StorageFiles().read(file);
    assert.deepEqual(read, { ok: true, value: STATE });
  }));

test("a file that is not there or of another format is told without a word of what it holds", () =>
  inFolder(async (file) => {
    const files = new StorageFiles();
    const absent = await files.read(file);
    assert.ok(!absent.ok);
    assert.match(absent.error.message, /state\.json: cannot be read \(.*ENOENT/);
    for (const [text, message] of [
      [`{"cookies": "${SECRET}`, /is no JSON/],
      [JSON.stringify({ cookies: SECRET }), /cookies is not as Playwright writes it/],
      [
        JSON.stringify({ ...STATE, cookies: [{ ...STATE.cookies[0], sameSite: SECRET }] }),
        /cookies\.0\.sameSite is not/,
      ],
      [
        JSON.stringify({ origins: [{ origin: `file:///${SECRET}`, localStorage: [] }] }),
        /origins\.0\.origin is not/,
      ],
    ] as const) {
      await writeFile(file, text);
      const read = await files.read(file);
      assert.ok(!read.ok);
      assert.equal(read.error.code, "render");
      assert.match(read.error.message, message);
      assert.ok(!JSON.stringify(read.error).includes(SECRET));
    }
    await writeFile(file, JSON.stringify(STATE));
    assert.ok((await files.read(file)).ok, "put right, it is read");
  }));

test("what is written back is whole, for its owner alone, and what the next page begins with", () =>
  inFolder(async (file) => {
    const files = new StorageFiles();
    await writeFile(file, JSON.stringify(STATE));
    await files.read(file);
    const later = { ...STATE, origins: [] };
    const saved = await Promise.all([files.save(file, STATE), files.save(file, later)]);
    assert.deepEqual(saved, [
      { ok: true, value: null },
      { ok: true, value: null },
    ]);
    assert.deepEqual(JSON.parse(await readFile(file, "utf8")), later);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.deepEqual(await files.read(file), { ok: true, value: later });
    const lost = await files.save(join(file, "x"), STATE);
    assert.ok(!lost.ok && /cannot be written/.test(lost.error.message));
  }));
