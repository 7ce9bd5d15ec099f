// The life of one real server: started until it answers, stopped, killed, paused, started again on the same port over
// the same data, removed. Every wait has an end. Knows no protocol.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openToAll, type User } from "./unprivileged.ts";
import { guard, servicesFolder, unguard } from "./watchdog.ts";

export interface Server {
  /** Data, settings and `server.log`; open to all users. */
  readonly folder: string;
  /** Null while it is down. */
  pid(): number | null;
  /** Up again after stop() or kill(): same port, same data. Resolves when it answers. */
  start(): Promise<void>;
  /** Down in good order; the data stays. */
  stop(): Promise<void>;
  /** Down as by a power switch; the data stays. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** Holds the server where it is: connections stay open, nothing answers. */
  pause(): void;
  resume(): void;
  /** The last lines it said. */
  log(lines?: number): string;
  /** Killed and its folder removed. */
  dispose(): Promise<void>;
}

export interface Recipe {
  readonly name: string;
  readonly folder: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly user?: User | null;
  readonly stopSignal?: NodeJS.Signals;
  /** Resolves once the server answers a request of its own protocol; any rejection means not yet. */
  answers(): Promise<void>;
  readonly startMsMax?: number;
  readonly stopMsMax?: number;
}

const START_MS_MAX = 120_000;
const STOP_MS_MAX = 90_000;
const POLL_MS = 100;

/** A folder for one server, open to all. */
export function serverFolder(name: string): string {
  const folder = mkdtempSync(join(servicesFolder(), `${name}-`));
  openToAll(servicesFolder());
  openToAll(folder);
  return folder;
}

export async function launch(recipe: Recipe): Promise<Server> {
  const server = new Process(recipe);
  try {
    await server.start();
  } catch (cause) {
    await server.dispose();
    throw cause;
  }
  return {
    folder: recipe.folder,
    pid: () => server.pid(),
    start: () => server.start(),
    stop: () => server.stop(),
    kill: () => server.kill(),
    restart: async () => {
      await server.stop();
      await server.start();
    },
    pause: () => server.signalAll("SIGSTOP"),
    resume: () => server.signalAll("SIGCONT"),
    log: (lines) => server.log(lines),
    dispose: () => server.dispose(),
  };
}

class Process {
  readonly #recipe: Recipe;
  #child: ChildProcess | null = null;
  #ended: Promise<void> = Promise.resolve();
  #end = "";
  #paused: readonly number[] = [];

  constructor(recipe: Recipe) {
    this.#recipe = recipe;
  }

  pid(): number | null {
    return this.#child?.pid ?? null;
  }

  async start(): Promise<void> {
    const { name, answers, startMsMax = START_MS_MAX } = this.#recipe;
    if (this.#child !== null) throw new Error(`${name} is up already`);
    const child = this.#spawn();
    const until = Date.now() + startMsMax;
    let last: unknown = null;
    while (Date.now() < until) {
      if (this.#child !== child)
        throw new Error(`${name} ended while starting (${this.#end}):\n${this.log()}`);
      try {
        await answers();
        return;
      } catch (cause) {
        last = cause;
      }
      await sleep(POLL_MS);
    }
    await this.kill();
    throw new Error(`${name} did not answer within ${startMsMax} ms:\n${this.log()}`, { cause: last });
  }

  #spawn(): ChildProcess {
    const { command, args, env, user, folder } = this.#recipe;
    const log = openSync(join(folder, "server.log"), "a");
    const child = spawn(command, args, {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ["ignore", log, log],
      detached: true, // a group of its own, which the watchdog kills whole
      ...(user === null || user === undefined ? {} : user),
    });
    closeSync(log);
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      const end = (why: string): void => {
        this.#end = why;
        if (this.#child === child) this.#child = null;
        if (child.pid !== undefined) unguard(child.pid);
        resolve();
      };
      child.once("error", (cause) => end(cause.message));
      child.once("exit", (code, signal) => end(signal ?? `exit code ${code}`));
    });
    if (child.pid !== undefined) guard(child.pid);
    child.unref();
    return child;
  }

  async stop(): Promise<void> {
    const { name, stopSignal = "SIGTERM", stopMsMax = STOP_MS_MAX } = this.#recipe;
    if (this.#child === null) return;
    this.signalAll("SIGCONT");
    this.#child.kill(stopSignal);
    if (await this.#endsWithin(stopMsMax)) return;
    await this.kill();
    throw new Error(`${name} did not stop within ${stopMsMax} ms:\n${this.log()}`);
  }

  async kill(): Promise<void> {
    if (this.#child?.pid === undefined) return;
    const family = [this.#child.pid, ...descendants(this.#child.pid)];
    for (const pid of family) send(pid, "SIGKILL");
    if (!(await this.#endsWithin(STOP_MS_MAX))) throw new Error(`${this.#recipe.name} survives SIGKILL`);
    const until = Date.now() + STOP_MS_MAX;
    while (family.some((pid) => isAlive(pid)) && Date.now() < until) await sleep(10);
    this.#forgetPaused();
  }

  async #endsWithin(ms: number): Promise<boolean> {
    const timer = new AbortController();
    try {
      return await Promise.race([
        this.#ended.then(() => true),
        sleep(ms, false, { signal: timer.signal }).catch(() => false),
      ]);
    } finally {
      timer.abort();
    }
  }

  /** To the server and its children: PostgreSQL's sessions are processes of their own. */
  signalAll(signal: "SIGSTOP" | "SIGCONT"): void {
    const pid = this.pid();
    if (pid === null) return;
    const children = descendants(pid);
    for (const one of [pid, ...children]) send(one, signal);
    this.#forgetPaused();
    if (signal === "SIGCONT") return;
    this.#paused = children; // a stopped child does not see its parent die
    children.forEach(guard);
  }

  #forgetPaused(): void {
    this.#paused.forEach(unguard);
    this.#paused = [];
  }

  log(lines = 40): string {
    const file = join(this.#recipe.folder, "server.log");
    if (!existsSync(file)) return "";
    return readFileSync(file, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
  }

  async dispose(): Promise<void> {
    await this.kill();
    rmSync(this.#recipe.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ESRCH") throw cause;
  }
}

const stateOf = (pid: number | string): string[] | null => {
  try {
    // The name in brackets may hold spaces: what counts stands behind it.
    return readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
  } catch {
    return null;
  }
};

/** Where the system has no /proc only the server itself is known, and its children see for themselves that it is gone. */
function descendants(pid: number): number[] {
  if (!existsSync("/proc/self/stat")) return [];
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: Number(stateOf(name)?.[1]) }));
  const below = (parent: number): number[] =>
    parents.filter((one) => one.parent === parent).flatMap((one) => [one.pid, ...below(one.pid)]);
  return below(pid);
}

/** A zombie is dead: it waits for its parent only. */
const isAlive = (pid: number): boolean => {
  const state = stateOf(pid)?.[0];
  return state !== undefined && state !== "Z" && state !== "X";
};
