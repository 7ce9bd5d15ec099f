// The compiled scanner that is kept with the sources is what its source says.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { COMPILED, compiledScanner, hasCompiler } from "../set-up/assembly.ts";

const skip = hasCompiler() ? false : "the scanner's compiler is not installed (npm run test:all installs it)";

test("scanner.wasm is scanner.as, compiled", { skip }, () => {
  const kept = readFileSync(COMPILED);
  assert.ok(compiledScanner().equals(kept), "scanner.as has changed since: npm run scanner");
});
