// The lmdb environment and its trees. All writing happens in turns: one transaction that takes everything at hand, so that
// a kill at any moment leaves the state before a turn or after it. Knows keys and bytes only.
import { statfsSync } from "node:fs";
import { type Database, open, type RootDatabase } from "lmdb";
import { asError, type Clock, systemClock } from "../base/index.ts";

type Tree = Database<Buffer, Buffer>;
type NumberedTree = Database<Buffer, number>;

const MAP_BYTES_START = 1 << 30;
/** Less room than this, and a turn that failed has failed for want of it: lmdb says "I/O error" of a write cut short. */
const ROOM_BYTES_MIN = 1 << 20;
/** The process stands still until the disk has a turn: the next one that can wait does so many times as long. */
const REST_PER_COMMIT = 2;
const REST_MS_MAX = 100;

/**
 * Of the error that lmdb throws where it has written "Write error: …" to standard error and ended no line (mdb.c, mdb_page_flush): whoever
 * tells of the failure would write behind it.
 */
const LEAVES_LINE_OPEN = "Attempting to write page";

/** The store could not be written: nothing after the last whole turn counts, and the process must stop. */
export class FrontierBroken extends Error {
  override readonly name = "FrontierBroken";
}

export class Trees {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #env: RootDatabase<Buffer, Buffer>;
  /** URL id → row; ids rise with admission, so this tree grows at its end and stays dense. */
  readonly urls: NumberedTree;
  /** URL id → what came of it. */
  readonly ends: NumberedTree;
  /** URL id → capture id and time of its open lease. */
  readonly leases: NumberedTree;
  /** URL id → its last capture that came, or may have come, to the broker. */
  readonly captures: NumberedTree;
  /** Captures handed over whose timer runs, oldest first. */
  readonly handed: Tree;
  /** Ids of pages that ended failed. */
  readonly failed: NumberedTree;
  /** URLs of other ingestors' hosts, until the broker has them. */
  readonly outbox: Tree;
  /** Dead letters of a machine without a database. */
  readonly letters: Tree;
  /** Fingerprint → URL id. */
  readonly seen: Tree;
  readonly queue: Tree;
  readonly ready: Tree;
  readonly waiting: Tree;
  readonly hosts: Tree;
  readonly followers: Tree;
  readonly endings: Tree;
  readonly joined: Tree;
  readonly robots: Tree;
  readonly meta: Tree;
  /** URL id → who waits for it. */
  readonly tasks: NumberedTree;
  #broken: Error | null = null;
  #inTurn = false;
  /** Monotonic. */
  #restedAtMs = 0;
  /** Run at the beginning and at the end of each turn, inside it. */
  onBegin: () => void = () => {};
  beforeCommit: () => void = () => {};

  constructor(folder: string, syncTurns: boolean, clock: Clock = systemClock) {
    this.#folder = folder;
    this.#clock = clock;
    this.#env = open<Buffer, Buffer>({
      path: folder,
      noSubdir: false,
      maxDbs: 32,
      mapSize: MAP_BYTES_START,
      noMemInit: true,
      noSync: !syncTurns,
      encoding: "binary",
      keyEncoding: "binary",
    });
    const tree = (name: string): Tree =>
      this.#env.openDB({ name, encoding: "binary", keyEncoding: "binary" });
    const numbered = (name: string): NumberedTree =>
      this.#env.openDB<Buffer, number>({ name, encoding: "binary", keyEncoding: "uint32" });
    this.urls = numbered("urls");
    this.ends = numbered("ends");
    this.leases = numbered("leases");
    this.captures = numbered("captures");
    this.handed = tree("handed");
    this.failed = numbered("failed");
    this.outbox = tree("outbox");
    this.letters = tree("letters");
    this.seen = tree("seen");
    this.queue = tree("queue");
    this.ready = tree("ready");
    this.waiting = tree("waiting");
    this.hosts = tree("hosts");
    this.followers = tree("followers");
    this.endings = tree("endings");
    this.joined = tree("joined");
    this.robots = tree("robots");
    this.meta = tree("meta");
    this.tasks = numbered("tasks");
  }

  /** A turn has failed: what memory holds counts no more, and the next start goes on from the turn before. */
  get isBroken(): boolean {
    return this.#broken !== null;
  }

  /** Everything `work` writes, or nothing. Within a turn it simply runs. Throws FrontierBroken when the disk refuses. */
  turn<T>(work: () => T): T {
    if (this.#broken !== null)
      throw new FrontierBroken("the frontier's store failed before", { cause: this.#broken });
    if (this.#inTurn) return work();
    this.#inTurn = true;
    let commitAtMs: number | null = null;
    try {
      const result = this.#env.transactionSync(() => {
        this.onBegin();
        const worked = work();
        this.beforeCommit();
        commitAtMs = this.#clock.monotonicMs();
        return worked;
      });
      // What is read from now on is what was just written.
      this.#env.resetReadTxn();
      return result;
    } catch (thrown) {
      // What memory holds is ahead of the disk now; only a new start brings them together.
      this.#broken = asError(thrown);
      if (this.#broken.message.includes(LEAVES_LINE_OPEN)) process.stderr.write("\n");
      throw new FrontierBroken(this.#whyBroken(), { cause: thrown });
    } finally {
      this.#inTurn = false;
      this.#restAfter(commitAtMs);
    }
  }

  /** How much longer to wait with a turn that is not urgent, milliseconds: what comes meanwhile shares it. */
  get restMs(): number {
    return Math.max(0, this.#restedAtMs - this.#clock.monotonicMs());
  }

  /** Waits so long, once; another turn may have come before by then. */
  async rest(signal: AbortSignal): Promise<void> {
    const { restMs } = this;
    if (restMs > 0) await this.#clock.sleep(restMs, signal);
  }

  #restAfter(commitAtMs: number | null): void {
    if (commitAtMs === null) return;
    const endedAtMs = this.#clock.monotonicMs();
    this.#restedAtMs = endedAtMs + Math.min(REST_MS_MAX, REST_PER_COMMIT * (endedAtMs - commitAtMs));
  }

  /** The first key of a range. Best outside of a turn: there lmdb takes a new cursor for every range and frees it late. */
  firstKey(tree: Tree, start: Buffer, end: Buffer): Buffer | null {
    for (const key of tree.getKeys({ start, end, limit: 1 })) return key;
    return null;
  }

  #whyBroken(): string {
    const { bavail, bsize } = statfsSync(this.#folder);
    return bavail * bsize < ROOM_BYTES_MIN
      ? `no space left on the device of ${this.#folder}: free some space (or choose another --data folder) and run again`
      : `a turn of the frontier in ${this.#folder} failed; the state before it stands, run again to go on from it`;
  }

  async close(): Promise<void> {
    // What failed is never flushed, and to wait for it would keep the process; the disk holds the last whole turn.
    if (this.#broken !== null) return;
    await this.#env.flushed;
    await this.#env.close();
  }
}

/** Lets I/O and other actors run between two turns of a long task. */
export const yieldToOthers = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
