// A scrape task: what was asked, how it stands, what came of it. Shapes and their reading out of rows; knows no SQL.
import { z } from "zod";
import type { LaneChoice } from "../model/index.ts";

export const TASK_STATUSES = ["pending", "running", "completed", "failed"] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

export const isFinished = (status: TaskStatus): boolean => status === "completed" || status === "failed";

/** What somebody wants to have scraped. */
export interface TaskWish {
  /** Absolute http(s) URL. */
  readonly url: string;
  readonly lane: LaneChoice;
  /** Higher ones first, -100..100. */
  readonly priority: number;
  readonly recipe: string | null;
  /** The same wish again brings the task there is. */
  readonly idempotencyKey: string | null;
  readonly scheduleId: string | null;
  /** Told when it ends. */
  readonly webhook: string | null;
}

export interface Task {
  readonly id: string;
  readonly url: string;
  readonly lane: LaneChoice;
  readonly recipe: string | null;
  readonly priority: number;
  readonly status: TaskStatus;
  readonly attempts: number;
  /** A line of `--out` as JSON; null until it is completed, and in lists. */
  readonly result: string | null;
  /** Of the result; in lists too, elsewhere it is the result's own. */
  readonly title: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly scheduleId: string | null;
  readonly webhook: string | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

const time = z.date().transform((date) => date.getTime());

export const taskRow = z
  .object({
    id: z.string(),
    url: z.string(),
    lane: z.enum(["auto", "fast", "rich"]),
    recipe: z.string().nullable(),
    priority: z.number(),
    status: z.enum(TASK_STATUSES),
    attempts: z.number(),
    result: z.string().nullable(),
    /** A JSON text. */
    title: z.string().nullish(),
    error_code: z.string().nullable(),
    error_message: z.string().nullable(),
    schedule_id: z.string().nullable(),
    webhook: z.string().nullable(),
    created_at: time,
    updated_at: time,
  })
  .transform(
    (row): Task => ({
      id: row.id,
      url: row.url,
      lane: row.lane,
      recipe: row.recipe,
      priority: row.priority,
      status: row.status,
      attempts: row.attempts,
      result: row.result,
      title: titleOf(row.title ?? null),
      errorCode: row.error_code,
      errorMessage: row.error_message,
      scheduleId: row.schedule_id,
      webhook: row.webhook,
      createdAtMs: row.created_at,
      updatedAtMs: row.updated_at,
    }),
  );

function titleOf(text: string | null): string | null {
  const title: unknown = text === null ? null : JSON.parse(text);
  return typeof title === "string" && title !== "" ? title : null;
}
