// docs/api.md's requests, every one, in the order in which they stand there, by a client that has a token of `token issue`. Each must
// be answered with the status that is written under it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root, run, scratch } from "./program.ts";
import { SERVE_FLAGS, served } from "./served.ts";
import { page, serve } from "./site.ts";

const SECRET = "a secret of more than thirty-two characters";

interface Written {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly status: number;
}

function requestOf(fence: string): Written {
  const [request = "", status] = fence.split("\n\n");
  const [line = "", ...body] = request.split("\n");
  const [method = "", path = ""] = line.split(" ");
  return { method, path, body: body.join("\n"), status: Number(status) };
}

const written = [
  ...readFileSync(join(root, "docs", "api.md"), "utf8").matchAll(/^```http\n(.*?)^```$/gms),
].map(([, fence = ""]) => requestOf(fence));

test("docs/api.md: each request is answered as it says, with a token that the program issued", async (t) => {
  assert.ok(written.length >= 10);
  const site = await serve(t, { "*": page("example") });
  const env = { JWT_SECRET: SECRET };
  const issued = await run(["token", "issue", "--role", "write", "--subject", "reader"], { env });
  assert.equal(issued.code, 0, issued.stderr);
  const api = await served(t, scratch(t), SERVE_FLAGS, { env });
  const stranger = await api.get("/api/scrape/");
  assert.equal(stranger.status, 401, "without a token nothing is told");
  let id = "";
  for (const { method, path, body, status } of written) {
    const answer = await api.get(path.replace("{id}", id), {
      method,
      headers: {
        authorization: `Bearer ${issued.stdout.trim()}`,
        ...(body === "" ? {} : { "content-type": "application/json" }),
      },
      ...(body === "" ? {} : { body: body.replaceAll("https://example.com", site.origin) }),
    });
    assert.equal(answer.status, status, `${method} ${path}: ${answer.text.slice(0, 500)}`);
    if (status >= 400) assert.match(answer.type, /^application\/problem\+json/);
    if (typeof answer.json.id === "string") id = answer.json.id;
    if (path.includes("wait=30")) assert.equal(answer.json.status, "completed", answer.text.slice(0, 500));
  }
  assert.equal((await api.stop()).code, 0);
});
