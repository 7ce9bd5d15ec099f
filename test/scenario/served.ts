// `millrace serve` as a process of a test: started on free ports, asked over HTTP, stopped or killed.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { type Ended, type RunOptions, start } from "./program.ts";

export interface Served {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  get(path: string, init?: RequestInit): Promise<Answer>;
  post(path: string, body: unknown, init?: RequestInit): Promise<Answer>;
  stop(): Promise<Ended>;
  /** As a power switch does. */
  kill(): Promise<Ended>;
  stderr(): string;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; {} where it is none. */
  readonly json: Record<string, unknown>;
}

/** On loopback, for loopback sites, without waiting between two requests to a host. */
export const SERVE_FLAGS = ["--port", "0", "--allow-private", "--delay", "0", "--no-robots"] as const;

export async function served(
  t: { after(fn: () => unknown): void },
  data: string,
  flags: readonly string[] = SERVE_FLAGS,
  options: RunOptions = {},
): Promise<Served> {
  const running = start(["serve", "--data", data, ...flags], options);
  const { child, ended, stderr } = running;
  t.after(() => child.kill("SIGKILL"));
  let url: string | undefined;
  for (let looks = 0; looks < 1_200 && child.exitCode === null && url === undefined; looks++) {
    url = /API and console on (\S+)/.exec(stderr())?.[1];
    if (url === undefined) await sleep(50);
  }
  assert.ok(url, stderr());
  const ask = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await fetch(url + path, init);
    const text = await response.text();
    const type = response.headers.get("content-type") ?? "";
    const json: unknown = /json/.test(type) && !/ndjson/.test(type) && text !== "" ? JSON.parse(text) : {};
    assert.ok(typeof json === "object" && json !== null);
    return { status: response.status, type, headers: response.headers, text, json: { ...json } };
  };
  const end = (signal: NodeJS.Signals): Promise<Ended> => {
    child.kill(signal);
    return ended;
  };
  return {
    url,
    get: ask,
    post: (path, body, init = {}) =>
      ask(path, {
        method: "POST",
        body: typeof body === "string" ? body : JSON.stringify(body),
        ...init,
        headers: { "content-type": "application/json", ...init.headers },
      }),
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
    stderr,
  };
}

/**
 * While `work` runs, one process holds the folder and answers what is asked of it: a command that opened the folder by itself would take
 * three times as long.
 */
export async function throughOwner<T>(data: string, work: () => Promise<T>): Promise<T> {
  const owner = await served({ after: () => undefined }, data);
  try {
    return await work();
  } finally {
    const ended = await owner.stop();
    assert.equal(ended.code, 0, ended.stderr);
  }
}
