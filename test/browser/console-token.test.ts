// The console before a server that asks for a token: it asks the person once, tells a bad one, and keeps a good one for the tab.
import assert from "node:assert/strict";
import { test } from "node:test";
import { run } from "../scenario/program.ts";
import { whyNoBrowser } from "../services/index.ts";
import { open, serveConsole } from "./console-run.ts";

const SECRET = { JWT_SECRET: "a secret of a test, long enough to be one" };

test("a server with a secret: the console asks for a token, and works with it", {
  skip: whyNoBrowser() ?? false,
}, async (t) => {
  const served = await serveConsole(t, SECRET);
  const eyes = await open(served.url);
  t.after(() => void eyes.close());
  const issued = await run(["token", "issue", "--role", "admin"], { env: SECRET });
  assert.equal(issued.code, 0, issued.stderr);
  const page = await eyes.page();
  const dialog = page.getByRole("dialog", { name: "This server asks for a token" });
  await dialog.getByLabel("Token").fill("no token at all");
  await dialog.getByRole("button", { name: "Use this token" }).click();
  await dialog.getByText("did not accept").waitFor();
  await eyes.shoot(page, "token");
  await dialog.getByLabel("Token").fill(issued.stdout.trim());
  await dialog.getByRole("button", { name: "Use this token" }).click();
  await page.getByText("Nothing here yet").waitFor();
  await page.locator(".connection.live").waitFor();
  await page.reload();
  await page.getByText("Nothing here yet").waitFor();
  assert.equal(await dialog.count(), 0);
  assert.equal(await page.evaluate("localStorage.getItem('millrace.token')"), null);
  assert.deepEqual(eyes.faults, []);
});
