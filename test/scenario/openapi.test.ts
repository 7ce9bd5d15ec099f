// The API's own description put to the test by a stranger: schemathesis (from Python's packages) makes requests out of /openapi.json, valid and
// broken ones, and looks for an answer of 5xx or one that the description does not name.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { z } from "zod";
import { root, scratch } from "./program.ts";
import { SERVE_FLAGS, served } from "./served.ts";

const schemathesis = join(root, ".cache", "python", "bin", "schemathesis");
const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
];
/** Whatever URL a request names, it is asked for on this machine. */
const ONLY_HERE = [...SERVE_FLAGS, "--resolve", "*:*:127.0.0.1"];
const documentSchema = z.looseObject({
  openapi: z.string().regex(/^3\.1\./),
  paths: z.record(
    z.string(),
    z.record(z.string(), z.looseObject({ summary: z.string(), tags: z.array(z.string()).min(1) })),
  ),
});

test("the OpenAPI document describes every path with a summary, and the page of it is served", async (t) => {
  const running = await served(t, join(scratch(t), "data"), ONLY_HERE);
  try {
    const document = documentSchema.parse(await (await fetch(`${running.url}/openapi.json`)).json());
    assert.ok(Object.keys(document.paths).length >= 20);
    const page = await fetch(`${running.url}/docs`);
    assert.equal(page.status, 200);
    assert.match(await page.text(), /swagger/i);
  } finally {
    await running.stop();
  }
});

test("a fuzz of the OpenAPI document finds no 5xx and no undocumented answer", {
  skip: existsSync(schemathesis) ? false : "schemathesis is not set up (node test/set-up.mjs)",
}, async (t) => {
  const folder = scratch(t);
  const running = await served(t, join(folder, "data"), ONLY_HERE);
  try {
    const args = [
      ...["run", `${running.url}/openapi.json`, "--phases", "examples,coverage,fuzzing", "--seed", "7"],
      // A stream without end has no answer to look at.
      ...["--exclude-path", "/api/events", "--max-examples", "15", "--request-timeout", "100"],
      ...["--max-failures", "20", "--checks", CHECKS.join(","), "--no-color"],
    ];
    const child = spawn(schemathesis, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    const [said] = await Promise.all([text(child.stdout), text(child.stderr)]);
    const code = child.exitCode ?? (await new Promise((resolve) => child.once("close", resolve)));
    const found = said.split("\n").map((line) => line.slice(0, 300));
    assert.equal(code, 0, found.slice(-120).join("\n"));
    const tested = /Tested: (\d+)/.exec(said)?.[1];
    assert.ok(Number(tested) >= 20, found.slice(-40).join("\n"));
  } finally {
    await running.stop();
  }
});
