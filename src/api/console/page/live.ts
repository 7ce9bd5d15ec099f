// The stream of what happens (`/api/events`), read by fetch so that the token goes along. While it is away the page polls: whoever
// listens gets a "poll" tick instead. Reconnects for ever, slower each time.
import { signal } from "@preact/signals";
import { eventReader, type ServerEvent } from "../event-stream.ts";
import { ask, Refusal } from "./server.ts";

export const connection = signal<"live" | "polling">("polling");

type Listener = (event: ServerEvent) => void;
const listeners = new Set<Listener>();

const WAIT_MS = { first: 1_000, max: 15_000 } as const;
const POLL_MS = 2_000;
/** A stream without a byte for so long is dead; the server sends a comment well before. */
const SILENCE_MS_MAX = 45_000;

/** Every event of the stream; `poll` every two seconds while there is none. Returns how to stop. */
export function listen(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const tell = (event: ServerEvent): void => {
  for (const listener of listeners) listener(event);
};

setInterval(() => {
  if (connection.value === "polling" && !document.hidden) tell({ name: "poll", data: "", id: "" });
}, POLL_MS);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function keepConnected(): Promise<never> {
  let waitMs: number = WAIT_MS.first;
  for (;;) {
    const beganAt = Date.now();
    try {
      await readStream();
    } catch (error) {
      // No token given: the requests of the page ask again, the stream waits.
      if (error instanceof Refusal && error.status === 401) waitMs = WAIT_MS.max;
    }
    connection.value = "polling";
    waitMs = Date.now() - beganAt > WAIT_MS.max ? WAIT_MS.first : Math.min(WAIT_MS.max, waitMs * 2);
    await pause(waitMs);
  }
}

async function readStream(): Promise<void> {
  const stop = new AbortController();
  const answer = await ask("/api/events", {
    accept: "text/event-stream",
    signal: stop.signal,
    isStream: true,
  });
  if (answer.body === null) return;
  const read = eventReader();
  const decoder = new TextDecoder();
  const reader = answer.body.getReader();
  connection.value = "live";
  let silence = setTimeout(() => stop.abort(), SILENCE_MS_MAX);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(silence);
      silence = setTimeout(() => stop.abort(), SILENCE_MS_MAX);
      for (const event of read(decoder.decode(value, { stream: true }))) tell(event);
    }
  } finally {
    clearTimeout(silence);
    stop.abort();
  }
}

/** The event's data as JSON; null where it is none. */
export function dataOf(event: ServerEvent): unknown {
  try {
    return JSON.parse(event.data);
  } catch {
    return null;
  }
}
