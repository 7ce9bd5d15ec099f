// Tells whoever asked that a task ended: one signed POST, repeated with growing waits until it is answered 2xx. Dialled through
// the guard like every fetch, so that a webhook reaches no private address; redirects are not followed. The receiver checks
// `webhook-signature` (v1, HMAC-SHA256 over "id.timestamp.body" in base64) and knows a repetition by `webhook-id`.
import { createHmac } from "node:crypto";
import { request as httpRequest } from "node:http";
import { type Clock, deadline, describe } from "../base/index.ts";
import type { Dialer } from "../net/index.ts";
import type { JobsOptions } from "./options.ts";
import type { TaskTable } from "./task-table.ts";
import type { DeliveryRow, WebhookTable } from "./webhook-table.ts";

export interface WebhooksParts {
  readonly table: WebhookTable;
  readonly tasks: TaskTable;
  readonly dialer: Dialer;
  readonly options: JobsOptions["webhooks"];
  readonly clock: Clock;
  onTrouble(thrown: unknown): void;
}

const POLL_MS = 1_000;
const LEASE_MS = 120_000;

export class Webhooks {
  readonly #parts: WebhooksParts;
  #wake = Promise.withResolvers<void>();

  constructor(parts: WebhooksParts) {
    this.#parts = parts;
  }

  wake(): void {
    this.#wake.resolve();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { table, options, clock, onTrouble } = this.#parts;
    while (!signal.aborted) {
      this.#wake = Promise.withResolvers<void>();
      try {
        const due = await table.claim(options.atOnceMax, clock.nowMs(), LEASE_MS);
        await Promise.all(due.map((delivery) => this.#deliver(delivery, signal)));
        if (due.length === options.atOnceMax) continue;
      } catch (thrown) {
        if (!signal.aborted) onTrouble(thrown);
      }
      const over = new AbortController();
      const slept = clock.sleep(POLL_MS, AbortSignal.any([signal, over.signal]));
      await Promise.race([this.#wake.promise, slept.catch(() => undefined)]);
      over.abort();
    }
  }

  async #deliver(delivery: DeliveryRow, signal: AbortSignal): Promise<void> {
    const { table, tasks, options, clock } = this.#parts;
    const task = await tasks.get(delivery.task_id);
    if (task === null) {
      await table.failed(delivery.id, "its task was taken back", null, clock.nowMs());
      return;
    }
    const body = JSON.stringify({
      id: delivery.id,
      event: delivery.event,
      task: {
        id: task.id,
        url: task.url,
        status: task.status,
        attempts: task.attempts,
        error_code: task.errorCode,
        error_message: task.errorMessage,
        updated_at: new Date(task.updatedAtMs).toISOString(),
      },
    });
    try {
      await this.#post(delivery, body, signal);
      await table.delivered(delivery.id, clock.nowMs());
    } catch (thrown) {
      if (signal.aborted) return;
      const delay = options.retryDelaysMs[delivery.attempts - 1];
      const dueAtMs = delay === undefined ? null : clock.nowMs() + delay;
      await table.failed(delivery.id, describe(thrown), dueAtMs, clock.nowMs());
    }
  }

  async #post({ id, url: written }: DeliveryRow, body: string, parent: AbortSignal): Promise<void> {
    const { dialer, options, clock } = this.#parts;
    const url = new URL(written);
    const isTls = url.protocol === "https:";
    const port = url.port === "" ? (isTls ? 443 : 80) : Number(url.port);
    const late = deadline(clock, options.timeoutMs, () => new Error("no answer in time"), parent);
    try {
      const alpn = isTls ? (["http/1.1"] as const) : null;
      const dialled = await dialer.dial({ hostname: url.hostname, port, alpn, tunnelled: true }, late.signal);
      if (!dialled.ok) throw new Error(dialled.error.failure.message);
      const { socket } = dialled.value;
      const status = await new Promise<number>((resolve, reject) => {
        const sent = httpRequest(
          {
            method: "POST",
            path: `${url.pathname}${url.search}`,
            headers: { host: url.host, ...headersOf(id, body, options.secret, clock.nowMs()) },
            // With an agent of any kind this would not be asked.
            createConnection: () => socket,
            signal: late.signal,
          },
          (response) => {
            resolve(response.statusCode ?? 0);
            // What is said beside the status is of no interest.
            socket.destroy();
          },
        );
        sent.on("error", reject);
        sent.end(body);
      });
      if (status < 200 || status > 299) throw new Error(`answered ${status}`);
    } finally {
      late.clear();
    }
  }
}

/** As the Standard Webhooks specification has it; unsigned without a secret. */
function headersOf(id: string, body: string, secret: string | null, nowMs: number): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1_000));
  const headers = {
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
    "user-agent": "millrace-webhook",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    connection: "close",
  };
  return secret === null
    ? headers
    : { ...headers, "webhook-signature": signatureOf(secret, id, timestamp, body) };
}

export const signatureOf = (secret: string, id: string, timestamp: string, body: string): string =>
  `v1,${createHmac("sha256", secret).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
