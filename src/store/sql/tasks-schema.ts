// Step 6 of the schema: tasks, schedules, batch jobs with their runs, deliveries of webhooks, and the log of writes over the
// API. Released, so never changed; who works on these tables is the room jobs.

export const TASKS_SCHEMA = `
create table scrape_tasks (
  id uuid primary key,
  url text not null,
  lane text not null,
  recipe text,
  priority integer not null,
  status text not null,
  attempts integer not null default 0,
  -- A line of --out, as JSON.
  result text,
  error_code text,
  error_message text,
  idempotency_key text collate "C",
  schedule_id uuid,
  webhook text,
  capture_id uuid,
  due_at timestamptz not null,
  lease_until timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  finished_at timestamptz
);
create unique index scrape_tasks_of_key on scrape_tasks (idempotency_key) where idempotency_key is not null;
create index scrape_tasks_due on scrape_tasks (priority desc, due_at, id) where status = 'pending';
create index scrape_tasks_running on scrape_tasks (lease_until) where status = 'running';
create index scrape_tasks_of_status on scrape_tasks (status, id);
create index scrape_tasks_finished on scrape_tasks (finished_at, id) where finished_at is not null;

create table schedules (
  id uuid primary key,
  url text,
  recipe text,
  cron text,
  every_seconds integer,
  time_zone text not null,
  lane text not null,
  webhook text,
  enabled boolean not null,
  last_run timestamptz,
  next_run timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index schedules_once on schedules
  (coalesce(url, ''), coalesce(recipe, ''), coalesce(cron, ''), coalesce(every_seconds, 0), time_zone, lane);
create index schedules_due on schedules (next_run) where enabled;

create table jobs (
  name text collate "C" primary key,
  cron text,
  time_zone text not null,
  enabled boolean not null,
  sla_ms bigint,
  last_run timestamptz,
  next_run timestamptz,
  updated_at timestamptz not null
);
create table job_runs (
  id uuid primary key,
  job text collate "C" not null,
  cause text not null,
  status text not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  sla_missed boolean not null default false,
  error_message text,
  -- JSON of the job's own.
  summary text,
  lease_until timestamptz
);
create index job_runs_of_job on job_runs (job, id);
create table job_steps (
  run_id uuid not null references job_runs (id) on delete cascade,
  position integer not null,
  name text not null,
  status text not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  log text not null default '',
  primary key (run_id, position)
);

create table webhook_deliveries (
  id uuid primary key,
  task_id uuid not null,
  url text not null,
  event text not null,
  status text not null,
  attempts integer not null default 0,
  last_error text,
  due_at timestamptz not null,
  created_at timestamptz not null,
  finished_at timestamptz
);
create index webhook_deliveries_due on webhook_deliveries (due_at) where status = 'pending';

create table audit_log (
  id uuid primary key,
  at timestamptz not null,
  subject text not null,
  role text not null,
  method text not null,
  path text not null,
  status integer not null,
  address text not null
);
`;
