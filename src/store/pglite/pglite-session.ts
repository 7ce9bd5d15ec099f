// The embedded database as a session: opens its folder (made once, whole or not at all), talks to its thread, and knows
// after a power cut that rows may be missing. Knows no table.
import { once } from "node:events";
import { access, mkdir, readdir, rename, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { assert, describe, siblingModule } from "../../base/index.ts";
import { NotConnected, TwoRanks } from "../../engine/index.ts";
import { bootId } from "../boot-id.ts";
import { DiskFull, isDiskFull, StatementFailed } from "../errors.ts";
import type { Manner, Restored, SqlRow, SqlSession, Statement } from "../sql/session.ts";
import { syncTree } from "../sync.ts";
import { RowJournal } from "./journal/row-journal.ts";
import type { Answered, Asked, WorkerSettings } from "./messages.ts";
import { readMarker, rowsMayBeMissing, writeMarker } from "./trust.ts";

export interface PgliteOptions {
  /** Asked when there is no database yet: are there contents whose rows it would have? Then it needs rebuilding. */
  readonly contentsExist?: () => Promise<boolean>;
  readonly buffersMebibytes: number;
  readonly checkpointMebibytes: number;
  /** See journal/row-journal.ts; the journal lies beside the directory, its name with `.journal` behind it. */
  readonly journalMebibytes: number;
}

/** One segment of PostgreSQL's log: without room for it an opening cannot be told from a failed one. */
const ROOM_BYTES_MIN = 16 * 1024 * 1024;

/** Batches are garbage at once: a larger nursery would only hold more of it. */
const YOUNG_MEBIBYTES = 8;

/** One that it works on, and one so that it need not wait for the next: what is urgent stands behind no more. */
const AT_THREAD_MAX = 2;

/** After an urgent one so many go to the thread one by one, for the next urgent one to stand behind one alone. */
const ONE_BY_ONE = 64;

interface Waiting {
  resolve(rows: readonly (readonly SqlRow[])[]): void;
  reject(error: Error): void;
}

type Question = Asked extends infer A ? (A extends { id: number } ? Omit<A, "id"> : never) : never;

/** `directory` is made when missing; it must have one user: its lock is the caller's. */
export function pgliteSession(directory: string, options: PgliteOptions): SqlSession {
  return new PgliteSession(directory, options);
}

class PgliteSession implements SqlSession {
  readonly #directory: string;
  readonly #options: PgliteOptions;
  readonly #waiting = new Map<number, Waiting>();
  /** Asked and not with the thread yet. As many as the callers that wait. */
  readonly #asked = new TwoRanks<Asked>();
  #atThread = 0;
  #oneByOne = 0;
  #nextId = 1;
  #worker: Worker | null = null;
  #opening: Promise<void> | null = null;
  #boot = "";
  #journal: RowJournal | null = null;
  #isKept = false;
  needsRebuild = false;
  restored: Restored | null = null;

  constructor(directory: string, options: PgliteOptions) {
    this.#directory = directory;
    this.#options = options;
  }

  connect(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#opening ??= this.#open().catch((thrown: unknown) => {
      this.#opening = null;
      throw isDiskFull(thrown) ? new DiskFull(this.#directory, thrown) : thrown;
    });
    return this.#opening;
  }

  async transaction(
    statements: readonly Statement[],
    signal?: AbortSignal,
    { isUrgent = false, isLoose = false }: Manner = {},
  ): Promise<readonly (readonly SqlRow[])[]> {
    signal?.throwIfAborted();
    await this.#opening;
    const answer = await this.#ask({ kind: "transaction", statements }, isUrgent);
    return isLoose ? answer : this.#inJournal(answer, isUrgent);
  }

  async script(sql: string): Promise<readonly SqlRow[]> {
    await this.#opening;
    return this.#inJournal((await this.#ask({ kind: "script", sql })).flat());
  }

  async keep(): Promise<void> {
    this.#isKept = true;
    this.#journal ??= await RowJournal.open({
      path: `${this.#directory}.journal`,
      isLost: this.needsRebuild,
      mebibytesMax: this.#options.journalMebibytes,
      run: (statements) => this.#ask({ kind: "transaction", statements }),
      script: async (sql) => (await this.#ask({ kind: "script", sql })).flat(),
    });
    this.restored ??= this.#journal.restored;
  }

  /** Nobody is told what a power cut could take back: whatever was committed before an answer is on the disk before it. */
  async #inJournal<T>(answer: T, isHurried = false): Promise<T> {
    await this.#journal?.durable(isHurried);
    return answer;
  }

  /** The folder has one process. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  async trust(): Promise<void> {
    this.needsRebuild = false;
    await writeMarker(this.#directory, { boot: this.#boot, closed: false, rebuild: false });
  }

  async close(): Promise<void> {
    if (this.#opening === null) return;
    await this.#opening;
    const worker = this.#worker;
    if (worker !== null) await this.#end(worker);
    this.#opening = null;
  }

  async #end(worker: Worker): Promise<void> {
    try {
      await this.#journal?.close();
      await this.#ask({ kind: "close" });
      this.#worker = null;
      await worker.terminate();
      await syncTree(this.#data);
      await writeMarker(this.#directory, { boot: this.#boot, closed: true, rebuild: this.needsRebuild });
    } catch (thrown) {
      // Whatever it was, no thread stays behind that would hold the process.
      this.#worker = null;
      await worker.terminate();
      await this.#journal?.abandon();
      // No room to close in order: the log holds every answered row, and the next opening reads it as after a kill.
      if (!(thrown instanceof DiskFull || isDiskFull(thrown))) throw thrown;
    } finally {
      this.#journal = null;
    }
  }

  get #data(): string {
    return join(this.#directory, "pgdata");
  }

  async #open(): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    this.#boot = await bootId();
    const before = await readMarker(this.#directory);
    const made = (await readdir(this.#directory)).includes("pgdata");
    this.needsRebuild = rowsMayBeMissing(before, made, this.#boot);
    if (!made) {
      if (before === null)
        this.needsRebuild = (await this.#hasJournal()) || ((await this.#options.contentsExist?.()) ?? false);
      await this.#initialise();
    }
    try {
      await this.#start();
    } catch (thrown) {
      if (!made || !(thrown instanceof DatabaseUnusable)) throw thrown;
      // Opening writes. On a full disk the database is not damaged, there is only no room to find that out.
      const { bavail, bsize } = await statfs(this.#directory);
      if (bavail * bsize < ROOM_BYTES_MIN) throw new DiskFull(this.#directory, thrown);
      // The files do not open any more: rows are made anew from the segments, the old files stay for who wants to look.
      await rm(`${this.#data}.damaged`, { recursive: true, force: true });
      await rename(this.#data, `${this.#data}.damaged`);
      this.needsRebuild = true;
      await this.#initialise();
      await this.#start();
    }
    await writeMarker(this.#directory, { boot: this.#boot, closed: false, rebuild: this.needsRebuild });
    if (!this.#isKept) return;
    // The thread died, and the process did not.
    await this.#journal?.abandon();
    this.#journal = null;
    await this.keep();
  }

  #hasJournal(): Promise<boolean> {
    return access(`${this.#directory}.journal`).then(
      () => true,
      () => false,
    );
  }

  async #initialise(): Promise<void> {
    const thread = new Worker(siblingModule(import.meta.url, "initialise-worker"), {
      workerData: { parent: this.#directory, directory: this.#data },
      name: "database-initialise",
    });
    // Rejects with what the thread throws.
    await once(thread, "exit");
  }

  /** Resolves when the thread has the database open. */
  #start(): Promise<void> {
    const { buffersMebibytes, checkpointMebibytes } = this.#options;
    const settings: WorkerSettings = { directory: this.#data, buffersMebibytes, checkpointMebibytes };
    const worker = new Worker(siblingModule(import.meta.url, "worker"), {
      workerData: settings,
      name: "database",
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEBIBYTES },
    });
    this.#worker = worker;
    return new Promise((resolve, reject) => {
      this.#waiting.set(0, { resolve: () => resolve(), reject });
      worker.on("message", (answer: Answered) => this.#answered(answer));
      worker.on("error", (error) => this.#gone(new DatabaseUnusable(describe(error), { cause: error })));
      worker.on("exit", () => this.#gone(new DatabaseUnusable("the database's thread ended")));
    });
  }

  #ask(question: Question, isUrgent = false): Promise<readonly (readonly SqlRow[])[]> {
    if (this.#worker === null) return Promise.reject(new NotConnected("the database is not open"));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#asked.pushBack({ ...question, id }, isUrgent);
      if (isUrgent) this.#oneByOne = ONE_BY_ONE;
      this.#post();
    });
  }

  #post(): void {
    while (this.#atThread < (this.#oneByOne > 0 ? 1 : AT_THREAD_MAX)) {
      const next = this.#asked.popFront();
      if (next === undefined) return;
      if (this.#oneByOne > 0) this.#oneByOne--;
      this.#atThread++;
      this.#worker?.postMessage(next);
    }
  }

  #answered(answer: Answered): void {
    const waiting = this.#waiting.get(answer.id);
    assert(waiting !== undefined, "an answer of the database belongs to a question");
    this.#waiting.delete(answer.id);
    // The first one says that it is open; nobody asked.
    if (answer.id !== 0) this.#atThread--;
    this.#post();
    if (answer.kind === "done") {
      this.#journal?.take(answer.changes);
      waiting.resolve(answer.rows);
      return;
    }
    if (answer.halfDone) this.#journal?.takeNoted().catch(() => undefined);
    if (answer.full) waiting.reject(new DiskFull(this.#directory, new Error(answer.message)));
    else if (isTrouble(answer.sqlState)) waiting.reject(new NotConnected(answer.message));
    else waiting.reject(new StatementFailed(answer.message, answer.sqlState));
  }

  /** The thread is no more: every question fails, and the next `connect` opens anew. */
  #gone(error: DatabaseUnusable): void {
    const first = this.#waiting.get(0);
    this.#waiting.delete(0);
    first?.reject(error);
    for (const { reject } of this.#waiting.values())
      reject(new NotConnected(error.message, { cause: error }));
    this.#waiting.clear();
    while (this.#asked.popFront() !== undefined);
    this.#atThread = 0;
    if (this.#worker !== null) this.#opening = null;
    this.#worker = null;
  }
}

/** Not the statement is to blame but the database: connection, resources, operator, system, internal (PostgreSQL, annex A). */
function isTrouble(sqlState: string | null): boolean {
  return sqlState === null || ["08", "53", "57", "58", "XX"].includes(sqlState.slice(0, 2));
}

class DatabaseUnusable extends Error {
  override readonly name = "DatabaseUnusable";
}
