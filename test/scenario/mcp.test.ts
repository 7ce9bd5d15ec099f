// The MCP server as its clients meet it: driven by the official client, over stdio with an engine of its own, and over stdio and HTTP beside
// the API of a running process.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { z } from "zod";
import { root, scratch } from "./program.ts";
import { served } from "./served.ts";

const PAGES: Readonly<Record<string, string>> = {
  "/": `<title>The mill</title><main><h1>The mill</h1><p>A water wheel turns the millstones, and the miller listens to
    their sound all day long.</p><p><a href="/race">The race</a> and <a href="/pond">the pond</a>.</p></main>`,
  "/race": `<title>The race</title><main><h1>The race</h1><p>The millrace carries water from the weir to the wheel, and its
    sluice is lifted at dawn.</p></main>`,
  "/pond": `<title>The pond</title><main><h1>The pond</h1><p>Herons stand in the mill pond while it fills through the
    night.</p></main>`,
};

const site = createServer((request, response) => {
  const page = PAGES[request.url ?? ""];
  response.writeHead(page === undefined ? 404 : 200, { "content-type": "text/html; charset=utf-8" });
  response.end(page === undefined ? "gone" : `<!doctype html><html lang="en">${page}</html>`);
});
let at = "";

before(async () => {
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  at = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
});
after(() => site.close());

const answerSchema = z.looseObject({
  isError: z.boolean().optional(),
  content: z.array(z.object({ type: z.literal("text"), text: z.string() })).min(1),
});

async function asked(client: Client, name: string, input: Record<string, unknown>) {
  const answer = answerSchema.parse(
    await client.callTool({ name, arguments: input }, undefined, { timeout: 120_000 }),
  );
  return { isError: answer.isError === true, text: answer.content.map(({ text }) => text).join("\n") };
}

function overStdio(args: readonly string[]): StdioClientTransport {
  const program = join(root, "dist", "main.js");
  return new StdioClientTransport({
    command: process.execPath,
    args: [program, "mcp", ...args],
    stderr: "ignore",
  });
}

/** What every way to the tools must do. */
async function conversation(client: Client): Promise<void> {
  const { tools } = await client.listTools();
  assert.deepEqual(tools.map(({ name }) => name).sort(), ["crawl", "read", "scrape", "search"]);
  for (const { description, inputSchema } of tools) {
    assert.ok((description ?? "").length > 20);
    assert.equal(inputSchema.type, "object");
  }

  const page = await asked(client, "scrape", { url: `${at}/` });
  assert.equal(page.isError, false, page.text);
  assert.match(page.text, /title: The mill/);
  assert.match(page.text, /A water wheel turns the millstones/);
  assert.match(page.text, /^page text begins\n[\s\S]*\npage text ends$/);

  const crawl = await asked(client, "crawl", { url: `${at}/`, depth: 1, max_pages: 10 });
  assert.equal(crawl.isError, false, crawl.text);
  assert.match(crawl.text, /3 pages/);
  for (const title of ["The mill", "The race", "The pond"]) assert.ok(crawl.text.includes(title), title);

  const read = await asked(client, "read", { page: `${at}/race` });
  assert.match(read.text, /its\s+sluice is lifted at dawn/);
  const found = await asked(client, "search", { query: "herons" });
  assert.match(found.text, /The pond/);
  assert.ok(!found.text.includes("The race"));
  const id = /id ([0-9a-f]{64})/.exec(found.text)?.[1];
  assert.ok(id !== undefined, found.text);
  assert.match((await asked(client, "read", { page: id })).text, /Herons stand in the mill pond/);
  assert.match((await asked(client, "search", { query: "windmill" })).text, /nothing was found/);

  const gone = await asked(client, "scrape", { url: `${at}/gone` });
  assert.equal(gone.isError, true);
  assert.match(gone.text, /status/);
  assert.equal((await asked(client, "read", { page: `${at}/never` })).isError, true);
  const wrong = await client
    .callTool({ name: "scrape", arguments: { url: "file:///etc/passwd" } })
    .then((answer) => answerSchema.parse(answer).isError === true)
    .catch(() => true);
  assert.equal(wrong, true, "only http and https are taken");
}

const client = (): Client => new Client({ name: "millrace-test", version: "1" });

test("over stdio with an engine of its own, which ends with the conversation", async (t) => {
  const folder = join(scratch(t), "data");
  const one = client();
  await one.connect(overStdio(["--data", folder, "--allow-private", "--delay", "0"]));
  try {
    await conversation(one);
  } finally {
    await one.close();
  }
  // The folder is free again, and holds what was fetched.
  const again = client();
  await again.connect(overStdio(["--data", folder, "--allow-private", "--delay", "0"]));
  try {
    assert.match((await asked(again, "search", { query: "herons" })).text, /The pond/);
  } finally {
    await again.close();
  }
});

test("over HTTP beside the API, and over stdio through the process that holds the folder", async (t) => {
  const folder = join(scratch(t), "data");
  const running = await served(t, folder);
  try {
    const one = client();
    const transport = new StreamableHTTPClientTransport(new URL("/mcp", running.url));
    // The SDK's own types are not exact about optional fields.
    await one.connect(transport as Parameters<typeof one.connect>[0]);
    await conversation(one);
    await one.close();
    const two = client();
    await two.connect(overStdio(["--data", folder]));
    assert.match((await asked(two, "search", { query: "herons" })).text, /The pond/);
    await two.close();
  } finally {
    await running.stop();
  }
});

test("without a private address being allowed the API's own guard answers", async (t) => {
  const one = client();
  await one.connect(overStdio(["--data", join(scratch(t), "data")]));
  try {
    const refused = await asked(one, "scrape", { url: `${at}/` });
    assert.equal(refused.isError, true);
    assert.match(refused.text, /address/i);
  } finally {
    await one.close();
  }
});
