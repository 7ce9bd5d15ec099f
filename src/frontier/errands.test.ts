// URLs that somebody waits for: fetched whatever is known of them, answered over redirects, kept over a restart.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { PageRequest } from "../model/index.ts";
import type { Frontier } from "./frontier.ts";
import { answer, drain, lease, opened, type Reply, spec } from "./testing.ts";

const errand = (taskId: string, url: string) => ({ taskId, url, lane: "auto" as const });

const begin = (frontier: Frontier) => frontier.beginCrawl(spec({ depthMax: 0, scope: "any" }));

/** Runs until nothing is left; answers which request each task was answered with. */
async function answers(
  frontier: Frontier,
  reply: (request: PageRequest) => Reply,
): Promise<{ answered: Map<string, PageRequest>; requests: PageRequest[] }> {
  frontier.seedingDone();
  const answered = new Map<string, PageRequest>();
  const requests = await drain(frontier, (request) => {
    const said = reply(request);
    if ("kind" in said && said.kind === "page")
      for (const task of request.tasks ?? []) {
        assert.ok(!answered.has(task), `${task} is answered once`);
        answered.set(task, request);
      }
    return said;
  });
  for (const request of requests)
    if (request.verdict !== null) for (const task of request.tasks ?? []) answered.set(task, request);
  return { answered, requests };
}

const redirect = (request: PageRequest, target: string): Reply => ({
  kind: "redirect",
  request,
  status: 302,
  target,
  setCookie: false,
});

test("a known URL is fetched again for a task, without conditions, and its links are not followed", async () => {
  const { frontier, close } = await opened({ robots: false, delayMs: 0 });
  await begin(frontier);
  frontier.admitTasks([errand("t1", "http://a.test/")]);
  const stored = (request: PageRequest) =>
    answer(request, { signature: "ab".repeat(32), links: ["http://a.test/x"] });
  await answers(frontier, stored);
  frontier.admitTasks([errand("t2", "http://a.test/")]);
  const { answered, requests } = await answers(frontier, stored);
  assert.equal(requests.length, 1);
  assert.equal(answered.get("t2")?.validators, null);
  await close();
});

test("tasks of one URL that wait are answered by one fetch, and one that came during it by another", async () => {
  const { frontier, close } = await opened({ robots: false, delayMs: 0 });
  await begin(frontier);
  frontier.admitTasks([errand("t1", "http://a.test/"), errand("t2", "http://a.test/#part")]);
  let isFirst = true;
  const { answered, requests } = await answers(frontier, (request) => {
    if (isFirst) frontier.admitTasks([errand("t3", "http://a.test/")]);
    isFirst = false;
    return answer(request);
  });
  assert.equal(requests.length, 2);
  assert.equal(answered.get("t1"), answered.get("t2"));
  assert.notEqual(answered.get("t1"), answered.get("t3"));
  await close();
});

test("a task goes with a redirect to its target, which is fetched anew though it is known", async () => {
  const { frontier, close } = await opened({ robots: false, delayMs: 0 });
  await begin(frontier);
  const reply = (request: PageRequest): Reply =>
    request.url === "http://a.test/" ? redirect(request, "http://b.test/") : answer(request);
  frontier.admitTasks([errand("t1", "http://b.test/")]);
  await answers(frontier, reply);
  frontier.admitTasks([errand("t2", "http://a.test/")]);
  const { answered } = await answers(frontier, reply);
  assert.equal(answered.get("t2")?.url, "http://b.test/");
  assert.equal(frontier.why("http://a.test/")?.state, "stored");
  await close();
});

test("redirects in a circle or without end fail the task", async () => {
  const { frontier, close } = await opened({ robots: false, delayMs: 0, redirectsMax: 5 });
  await begin(frontier);
  frontier.admitTasks([errand("circle", "http://a.test/"), errand("endless", "http://n.test/0")]);
  const { answered } = await answers(frontier, (request) => {
    if (request.url === "http://a.test/") return redirect(request, "http://b.test/");
    if (request.url === "http://b.test/") return redirect(request, "http://a.test/");
    return redirect(request, `http://n.test/${Number(new URL(request.url).pathname.slice(1)) + 1}`);
  });
  assert.equal(answered.get("circle")?.verdict?.code, "redirect");
  assert.equal(answered.get("endless")?.verdict?.code, "redirect");
  await close();
});

test("a failure is a task's end after one attempt: who waits for it tries again", async () => {
  const { frontier, close } = await opened({ robots: false, delayMs: 0 });
  await begin(frontier);
  frontier.admitTasks([errand("t1", "http://a.test/")]);
  const { answered, requests } = await answers(frontier, () => ({ later: "connect" }));
  assert.equal(requests.filter(({ verdict }) => verdict === null).length, 1);
  assert.equal(answered.get("t1")?.verdict?.code, "connect");
  await close();
});

test("a task is leased again after a crash, and admitted twice it is there once", async () => {
  const first = await opened({ robots: false, delayMs: 0 });
  await begin(first.frontier);
  first.frontier.admitTasks([errand("t1", "http://a.test/")]);
  await lease(first.frontier);
  await first.frontier.close();
  const { frontier, close } = await opened({ robots: false, delayMs: 0 }, first.folder, first.clock);
  await begin(frontier);
  const open = frontier.openLeases();
  assert.deepEqual(
    open.map(({ tasks }) => tasks),
    [["t1"]],
  );
  frontier.reclaim(open.map(({ captureId }) => captureId));
  frontier.admitTasks([errand("t1", "http://a.test/")]);
  const { answered, requests } = await answers(frontier, (request) => answer(request));
  assert.equal(requests.length, 1);
  assert.ok(answered.has("t1"));
  await close();
});

test("what cannot be fetched is refused, and beyond the limit there is no room", async () => {
  const { frontier, close } = await opened({ robots: false, delayMs: 0, tasksMax: 1 });
  await begin(frontier);
  const taken = frontier.admitTasks([
    errand("t1", "ftp://a.test/"),
    errand("t2", "http://a.test/"),
    errand("t3", "http://b.test/"),
  ]);
  assert.deepEqual(
    taken.map(({ kind }) => kind),
    ["refused", "taken", "full"],
  );
  await close();
});

test("a recipe goes with its task over redirects and a crash; two that differ are not answered by one fetch", async () => {
  const first = await opened({ robots: false, delayMs: 0 });
  await begin(first.frontier);
  const url = "http://a.test/old";
  const named = (taskId: string, recipe: string) => ({ ...errand(taskId, url), recipe });
  const taken = first.frontier.admitTasks([errand("t0", url), named("t1", "item"), named("t2", "shop")]);
  assert.deepEqual(
    taken.map(({ kind }) => kind),
    ["taken", "taken", "full"],
  );
  await first.frontier.close();
  const { frontier, close } = await opened({ robots: false, delayMs: 0 }, first.folder, first.clock);
  await begin(frontier);
  const { answered } = await answers(frontier, (request) =>
    request.url === url ? redirect(request, "http://a.test/new") : answer(request),
  );
  assert.deepEqual(
    [answered.get("t0")?.recipe, answered.get("t1")?.recipe, answered.get("t1")?.url],
    ["item", "item", "http://a.test/new"],
  );
  assert.equal(frontier.admitTasks([named("t2", "shop")])[0]?.kind, "taken");
  assert.equal((await answers(frontier, (request) => answer(request))).answered.get("t2")?.recipe, "shop");
  await close();
});
