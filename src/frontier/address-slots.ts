// Fetches under way by address, whatever names lead there, and who waits for a slot. Loopback and exempt addresses are not
// counted. Bounded by what is in flight and by the hosts in memory; knows nothing of queues or clocks.
import type { FrontierOptions } from "./options.ts";
import { isLoopback } from "./politeness.ts";

interface Slots<T> {
  inFlight: number;
  readonly waiting: T[];
}

export class AddressSlots<T> {
  readonly #slotsMax: number;
  readonly #exempt: ReadonlySet<string>;
  readonly #addresses = new Map<string, Slots<T>>();

  constructor({ addressInFlightMax, addressesExempt }: FrontierOptions) {
    this.#slotsMax = addressInFlightMax;
    this.#exempt = new Set(addressesExempt);
  }

  isFree(address: string): boolean {
    const slots = this.#addresses.get(address);
    return slots === undefined || slots.inFlight < this.#slotsMax;
  }

  /** A fetch begins. False where the address is not known or not counted: nothing is to be freed. */
  take(address: string): boolean {
    if (address === "" || isLoopback(address) || this.#exempt.has(address)) return false;
    const slots = this.#addresses.get(address);
    if (slots === undefined) this.#addresses.set(address, { inFlight: 1, waiting: [] });
    else slots.inFlight++;
    return true;
  }

  /** A fetch is over; answers who may go next. */
  free(address: string): T | null {
    const slots = this.#addresses.get(address);
    if (slots === undefined) return null;
    slots.inFlight--;
    const next = slots.waiting.shift() ?? null;
    if (next === null && slots.inFlight === 0) this.#addresses.delete(address);
    return next;
  }

  /** Waits for a slot of an address that has none free. */
  await(address: string, waiter: T): void {
    this.#addresses.get(address)?.waiting.push(waiter);
  }

  /** Who may use a free slot that its owner does not want. */
  passOn(address: string): T | null {
    const slots = this.#addresses.get(address);
    if (slots === undefined || slots.inFlight >= this.#slotsMax) return null;
    return slots.waiting.shift() ?? null;
  }
}
