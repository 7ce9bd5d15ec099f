// The workbench (after BUbiNG): a host is acquired here, works, and comes back. A bounded window of hosts is in memory, in
// a heap by the time they may be asked next; all others wait on disk in the tree of ready hosts.
//
// *Every host that has queued URLs has exactly one key in the ready tree; it is in memory if and only if that key is not
// behind the cursor.* So a crash forgets only the cursor, and a new start finds every host again.
import { assert, type Clock, Heap } from "../base/index.ts";
import { AddressSlots } from "./address-slots.ts";
import { Charges } from "./charges.ts";
import { Hastened } from "./hastened.ts";
import { type Host, hostAtHand } from "./host.ts";
import {
  decodeHostRecord,
  encodeHostRecord,
  encodeRestingHost,
  type HostRecord,
  newHost,
} from "./host-record.ts";
import { queueKey, queueKeyId, queueKeyPriority, readyKey, readyKeyHost, readyKeyTicks } from "./keys.ts";
import type { FrontierOptions } from "./options.ts";
import { ReadyPlaces } from "./ready-places.ts";
import type { Trees } from "./trees.ts";

/** Hosts put back to disk at once when the window is full of waiting ones. */
const EVICTIONS = 64;

interface Entry {
  readonly host: Host;
  readonly dueAtMs: number;
  readonly number: number;
}

export class Workbench {
  readonly #trees: Trees;
  readonly #options: FrontierOptions;
  readonly #clock: Clock;
  readonly #window = new Map<string, Host>();
  readonly #heap = new Heap<Entry>(
    (a, b) => a.dueAtMs < b.dueAtMs || (a.dueAtMs === b.dueAtMs && a.number < b.number),
  );
  readonly #dirty = new Set<Host>();
  readonly #addresses: AddressSlots<Host>;
  /** Not in the heap. */
  readonly hastened = new Hastened();
  readonly charges: Charges;
  /** Hosts seen to be on disk with a key, for the length of a turn. */
  readonly #onDisk = new Set<string>();
  /** What acquiring left to be written, in order; runs first in the next turn. */
  readonly #writes: (() => void)[] = [];
  #crawlNo = 0;
  readonly #ready: ReadyPlaces;
  #entries = 0;
  /** Hosts in memory because something of theirs is under way: they take no room of the window. */
  #busy = 0;

  constructor(trees: Trees, options: FrontierOptions, clock: Clock) {
    this.#trees = trees;
    this.#ready = new ReadyPlaces(trees);
    this.#options = options;
    this.#clock = clock;
    this.#addresses = new AddressSlots(options);
    this.charges = new Charges(options, clock);
  }

  /** Begins anew for a crawl; what the tree holds of another epoch is void. */
  activate(crawlNo: number, epoch: number): void {
    this.#busy = 0;
    this.#crawlNo = crawlNo;
    this.#ready.begin(epoch);
    this.#window.clear();
    this.hastened.clear();
    this.#onDisk.clear();
    while (this.#heap.pop() !== undefined);
  }

  /** A queued URL: its key, and a place for its host. */
  enqueue(
    crawlNo: number,
    id: number,
    hostFingerprint: Buffer,
    hostName: () => string,
    priority: number,
  ): void {
    const key = queueKey(crawlNo, hostFingerprint, priority, id);
    this.#trees.queue.putSync(key, EMPTY);
    // Another crawl's hosts are made ready when it is taken up.
    if (crawlNo !== this.#crawlNo) return;
    const host = this.find(hostFingerprint);
    if (host?.from && key.compare(host.from) < 0) host.from = null;
    this.ensureReady(hostFingerprint, hostName);
  }

  ensureReady(fingerprint: Buffer, hostName: () => string): void {
    const name = fingerprint.toString("latin1", 0, 8);
    const host = this.#window.get(name);
    if (host !== undefined) {
      if (host.place === "full") this.release(host);
      return;
    }
    if (this.#onDisk.has(name)) return;
    const record = this.#row(fingerprint, hostName) ?? newHost(hostName());
    this.#onDisk.add(name);
    if (this.#ready.has(record)) return;
    this.charges.settle(record);
    this.#ready.place(fingerprint, record, Math.max(this.#clock.nowMs(), record.nextAtMs));
    this.#trees.hosts.putSync(fingerprint, encodeHostRecord(record));
  }

  /** The host, which has a place, is here at once and asked for before all others. Inside a turn. */
  hasten(crawlNo: number, fingerprint: Buffer): void {
    const host = crawlNo === this.#crawlNo ? (this.find(fingerprint) ?? this.#fetch(fingerprint)) : null;
    if (host === null || this.hastened.has(host)) return;
    this.hastened.add(host);
    if (host.place === "ready") this.#push(host);
  }

  /** As `acquire`, of the hosts that were hastened. */
  acquireHastened(nowMs: number): Host | null {
    return this.hastened.due(nowMs).find((host) => this.#hold(host)) ?? null;
  }

  dequeue(host: Host, priority: number, id: number): void {
    this.#trees.queue.removeSync(queueKey(this.#crawlNo, host.fingerprint, priority, id));
  }

  /** The host's next URL. It stays queued until `dequeue`, but is not given again. Outside of a turn. */
  next(host: Host): { id: number; priority: number } | null {
    const start = host.from ?? queueKey(this.#crawlNo, host.fingerprint, 0, 0);
    const end = queueKey(this.#crawlNo, host.fingerprint, 255, 0xffff_ffff);
    const key = this.#trees.firstKey(this.#trees.queue, start, end);
    if (key === null) return null;
    const [id, priority] = [queueKeyId(key), queueKeyPriority(key)];
    host.from = queueKey(this.#crawlNo, host.fingerprint, priority, id + 1);
    return { id, priority };
  }

  /** The URL given last stays queued after all. */
  putBack(host: Host): void {
    host.from = null;
  }

  find(fingerprint: Buffer): Host | null {
    return this.#window.get(fingerprint.toString("latin1", 0, 8)) ?? null;
  }

  /** The next host that may be asked now, held by the caller until `release` or `rest`. Outside of a turn. */
  acquire(nowMs: number): Host | null {
    this.#refill(nowMs);
    for (;;) {
      const entry = this.#heap.peek();
      if (entry === undefined) return null;
      const { host } = entry;
      if (host.entry !== entry.number || host.place !== "ready") {
        this.#heap.pop();
        continue;
      }
      if (entry.dueAtMs > nowMs) return null;
      this.#heap.pop();
      if (host.record.nextAtMs > nowMs) this.#push(host);
      else if (this.#hold(host)) return host;
    }
  }

  /** The caller's, unless all slots of host or address are taken. */
  #hold(host: Host): boolean {
    if (host.inFlight >= this.#options.hostInFlightMax) host.place = "full";
    else if (!this.#addresses.isFree(host.record.address)) {
      host.place = "address";
      this.#addresses.await(host.record.address, host);
    } else host.place = "held";
    return host.place === "held";
  }

  release(host: Host): void {
    if (host.inFlight >= this.#options.hostInFlightMax) host.place = "full";
    else this.#push(host);
  }

  /** A held host will use no slot of its address for now: another host may. */
  passOn(host: Host): void {
    const next = this.#addresses.passOn(host.record.address);
    if (next !== null) this.#push(next);
  }

  /** The host has no queued URL. It leaves memory once nothing of it is in flight. */
  rest(host: Host): void {
    this.passOn(host);
    if (host.inFlight > 0) {
      host.place = "full";
      return;
    }
    this.#unplace(host);
    const { fingerprint, record } = host;
    // Acquired, so its clock has run out, unless the machine's own was set back.
    const row = record.nextAtMs <= this.#clock.nowMs() ? encodeRestingHost(record) : encodeHostRecord(record);
    this.#writes.push(() => {
      if (row === null) this.#trees.hosts.removeSync(fingerprint);
      else this.#trees.hosts.putSync(fingerprint, row);
    });
  }

  changed(host: Host): void {
    this.#dirty.add(host);
  }

  /** A fetch begins: its address, if one is known and counts. */
  start(host: Host): string | null {
    if (host.inFlight++ === 0) this.#busy++;
    return this.#addresses.take(host.record.address) ? host.record.address : null;
  }

  finish(host: Host, address: string | null): void {
    if (--host.inFlight === 0) this.#busy--;
    assert(host.inFlight >= 0, "a host's slot was released twice");
    const next = address === null ? null : this.#addresses.free(address);
    if (next !== null) this.#push(next);
    if (host.place === "full") this.#push(host);
  }

  /** The host stays held until its robots file is known. */
  awaitRobots(host: Host): void {
    this.#busy++;
    this.putBack(host);
    this.passOn(host);
  }

  robotsKnown(host: Host): void {
    this.#busy--;
    this.release(host);
  }

  /** Earliest time at which `acquire` may give a host; null when only an event can change that. */
  nextAtMs(): number | null {
    const heapAtMs = this.#heap.peek()?.dueAtMs ?? null;
    // A full window without a waiting host makes room only by an event.
    const hasRoom = this.#room > 0 || heapAtMs !== null;
    const diskAtMs = hasRoom ? this.#ready.nextAtMs() : null;
    if (heapAtMs === null || diskAtMs === null) return heapAtMs ?? diskAtMs;
    return Math.min(heapAtMs, diskAtMs);
  }

  hosts(): Iterable<Host> {
    return this.#window.values();
  }

  /** First in every turn: rows and keys are as memory has them. */
  catchUp(): void {
    for (const write of this.#writes) write();
    this.#writes.length = 0;
  }

  save(): void {
    for (const host of this.#dirty)
      this.#trees.hosts.putSync(host.fingerprint, encodeHostRecord(host.record));
    this.#dirty.clear();
    this.#onDisk.clear();
  }

  get #room(): number {
    return this.#options.windowHostsMax - (this.#window.size - this.#busy);
  }

  #refill(nowMs: number): void {
    let room = this.#room;
    if (room <= 0) {
      const next = this.#heap.peek();
      if (next === undefined || next.dueAtMs <= nowMs || this.#ready.unloaded(nowMs, 1).length === 0) return;
      this.#evict();
      room = this.#room;
    }
    // While hosts at hand suffice, the disk is not asked.
    if (room <= 0 || (this.#heap.peek()?.dueAtMs ?? Number.POSITIVE_INFINITY) <= nowMs) return;
    for (const key of this.#ready.unloaded(nowMs, Math.min(room, 256))) {
      this.#ready.passed(key);
      this.#load(key);
    }
  }

  #load(key: Buffer): void {
    const fingerprint = readyKeyHost(key);
    const record = this.#row(fingerprint, () => "");
    if (record === null || !this.#ready.has(record) || record.readyTicks !== readyKeyTicks(key)) {
      this.#writes.push(() => this.#trees.ready.removeSync(key));
      return;
    }
    this.#atHand(fingerprint, record);
  }

  /** Out of its turn. */
  #fetch(fingerprint: Buffer): Host | null {
    const record = this.#row(fingerprint, () => "");
    if (record === null || !this.#ready.has(record)) return null;
    this.#ready.bringForward(fingerprint, record);
    this.#trees.hosts.putSync(fingerprint, encodeHostRecord(record));
    return this.#atHand(fingerprint, record);
  }

  #atHand(fingerprint: Buffer, record: HostRecord): Host {
    this.charges.settle(record);
    const host = hostAtHand(fingerprint, record);
    this.#window.set(fingerprint.toString("latin1", 0, 8), host);
    this.#push(host);
    return host;
  }

  /** All hosts at hand wait while others on disk could be asked: the soonest of them change places. */
  #evict(): void {
    for (let count = 0; count < EVICTIONS; count++) {
      const entry = this.#heap.pop();
      if (entry === undefined) return;
      const { host } = entry;
      if (host.entry !== entry.number || host.place !== "ready") continue;
      if (host.inFlight > 0) {
        host.place = "full";
        continue;
      }
      this.#unplace(host);
      const { fingerprint, record } = host;
      this.#writes.push(() => {
        this.#ready.place(fingerprint, record, entry.dueAtMs);
        this.#trees.hosts.putSync(fingerprint, encodeHostRecord(record));
      });
    }
  }

  #unplace(host: Host): void {
    const key = readyKey(host.record.readyTicks, host.fingerprint);
    this.#writes.push(() => this.#trees.ready.removeSync(key));
    host.record.readyTicks = 0;
    const name = host.fingerprint.toString("latin1", 0, 8);
    this.#window.delete(name);
    this.hastened.calm(host);
    this.#onDisk.delete(name);
    this.#dirty.delete(host);
  }

  #row(fingerprint: Buffer, hostName: () => string): HostRecord | null {
    const bytes = this.#trees.hosts.getBinaryFast(fingerprint);
    return bytes === undefined ? null : decodeHostRecord(bytes, hostName);
  }

  #push(host: Host): void {
    host.place = "ready";
    // Whatever entry it had is void.
    host.entry = ++this.#entries;
    if (this.hastened.has(host)) return;
    this.#heap.push({ host, dueAtMs: host.record.nextAtMs, number: host.entry });
  }
}

const EMPTY = Buffer.alloc(0);
