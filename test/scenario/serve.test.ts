// `millrace serve` on the embedded database.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { run, scratch } from "./program.ts";
import { serveSuite } from "./serve-suite.ts";
import { page, serve } from "./site.ts";

serveSuite({ name: "embedded", env: async () => ({}) });

test("a port that is taken ends serve with one line that says which, before anything was opened", async (t) => {
  const site = await serve(t, { "/": page("root") });
  const data = join(scratch(t), "data");
  const { code, stderr } = await run(["serve", "--port", String(site.port), "--data", data]);
  assert.equal(code, 1);
  assert.equal(
    stderr,
    `millrace: API port 127.0.0.1:${site.port}: is taken; --port or MILLRACE_API_PORT names another, 0 any that is free\n`,
  );
  assert.equal(existsSync(join(data, "database")), false);
});
