// Floor 5: what people ask for and what runs by the clock: tasks, schedules, batch jobs. On the store's own database.
export { type Happening, Happenings } from "./happenings.ts";
export type { JobContext } from "./job-run.ts";
export type { Job, JobRunner } from "./job-runner.ts";
export type { JobRow, JobTable, RunRow, StepRow } from "./job-table.ts";
export { type JobsOptions, jobsOptions } from "./options.ts";
export type { Schedule } from "./schedule-table.ts";
export type { ScheduleRefusal, Schedules, ScheduleWish } from "./schedules.ts";
export { JobsService, type JobsServiceParts } from "./service.ts";
export { isFinished, TASK_STATUSES, type Task, type TaskStatus, type TaskWish } from "./task.ts";
export type { TaskSlice } from "./task-table.ts";
export type { TaskFetcher } from "./task-worker.ts";
export { KeyReused, QueueFull, type Tasks } from "./tasks.ts";
