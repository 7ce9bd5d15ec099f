// Metrics of what people and clocks ask for: HTTP requests by route, tasks, pictures of subjects, runs of batch jobs. Routes and job names are given in
// code, so their labels are closed sets.
import { Counter, Histogram, type Registry } from "prom-client";

export interface ServiceMetrics {
  /** `route`: its pattern, or "none" of a path that there is not. */
  httpAnswered(route: string, method: string, status: number, elapsedMs: number): void;
  /** A task came to an end. */
  taskEnded(status: "completed" | "failed", elapsedMs: number): void;
  /** The image recipe has done with a subject. */
  subjectCollected(status: "stored" | "unchanged" | "failed" | "skipped", elapsedMs: number): void;
  jobRan(job: string, status: "completed" | "failed"): void;
  /** A run took longer than it was to. */
  jobLate(job: string): void;
}

const HTTP_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30];
const TASK_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800];

export function registerService(registers: Registry[]): ServiceMetrics {
  const requests = new Counter({
    name: "http_requests_total",
    help: "Requests to the API that were answered",
    labelNames: ["route", "method", "status"],
    registers,
  });
  const requestSeconds = new Histogram({
    name: "http_request_duration_seconds",
    help: "Time of a request to the API",
    buckets: HTTP_SECONDS,
    registers,
  });
  const tasks = new Counter({
    name: "scraping_total",
    help: "Tasks that ended (completed, failed), and subjects whose picture was looked for (stored, unchanged, skipped, failed)",
    labelNames: ["status"],
    registers,
  });
  const taskSeconds = new Histogram({
    name: "scraping_duration_seconds",
    help: "From a task's request to its end; of a subject, from its turn",
    buckets: TASK_SECONDS,
    registers,
  });
  const pictured = new Counter({
    name: "artists_scraped_total",
    help: "Subjects whose picture was had, new or as it was",
    registers,
  });
  const runs = new Counter({
    name: "job_runs_total",
    help: "Runs of batch jobs that ended",
    labelNames: ["job", "status"],
    registers,
  });
  const late = new Counter({
    name: "job_sla_missed_total",
    help: "Runs of batch jobs that took longer than they were to",
    labelNames: ["job"],
    registers,
  });
  return {
    httpAnswered(route, method, status, elapsedMs) {
      requests.inc({ route, method, status: String(status) });
      requestSeconds.observe(elapsedMs / 1000);
    },
    taskEnded(status, elapsedMs) {
      tasks.inc({ status });
      taskSeconds.observe(elapsedMs / 1000);
    },
    subjectCollected(status, elapsedMs) {
      tasks.inc({ status });
      taskSeconds.observe(elapsedMs / 1000);
      if (status === "stored" || status === "unchanged") pictured.inc();
    },
    jobRan: (job, status) => runs.inc({ job, status }),
    jobLate: (job) => late.inc({ job }),
  };
}
