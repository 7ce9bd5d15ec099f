// The compiled modules that are kept with the sources are what their sources say.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { test } from "node:test";
import { compile, hasCompiler, MODULES } from "../set-up/assembly.ts";

const skip = hasCompiler()
  ? false
  : "the compiler of AssemblyScript is not installed (npm run test:all installs it)";

for (const module of MODULES) {
  const name = basename(module.compiled);
  test(`${name} is what its sources say, compiled`, { skip }, () => {
    const kept = readFileSync(module.compiled);
    assert.ok(compile(module).equals(kept), `the sources of ${name} have changed since: npm run assembly`);
  });
}
