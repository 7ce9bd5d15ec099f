// Floor 5: what people ask for and what runs by the clock: tasks, schedules, batch jobs. On the store's own database.
export { type Happening, Happenings } from "./happenings.ts";
export { type JobsOptions, jobsOptions } from "./options.ts";
export { isFinished, TASK_STATUSES, type Task, type TaskStatus, type TaskWish } from "./task.ts";
export { type TaskSlice, TaskTable } from "./task-table.ts";
export { type TaskFetcher, TaskWorker } from "./task-worker.ts";
export { KeyReused, Tasks } from "./tasks.ts";
