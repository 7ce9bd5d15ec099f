// The schema as numbered steps, each run once, in order. A step that was released is never changed: the next one mends it.
// SQL within PostgreSQL 15, so that server and embedded database share it.
import { TASKS_SCHEMA } from "./tasks-schema.ts";

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

export const migrations: readonly Migration[] = [
  {
    version: 1,
    name: "pages, captures, dead letters",
    sql: `
create table captures (
  capture_id uuid primary key,
  url_sha256 text collate "C" not null,
  url text not null,
  final_url text not null,
  domain text collate "C" not null,
  status integer not null,
  content_type text not null,
  fetched_at timestamptz not null,
  elapsed_ms double precision not null,
  protocol text not null,
  remote_address text,
  truncated boolean not null,
  attempts integer not null,
  depth integer not null,
  crawl_id text not null,
  lane text not null,
  lane_wanted text not null,
  score integer not null,
  bytes bigint not null,
  raw_sha256 text not null,
  content_hash text not null,
  raw_key text not null,
  raw_offset bigint not null,
  raw_length bigint not null,
  markdown_key text not null,
  markdown_offset bigint not null,
  markdown_length bigint not null
);
create index captures_of_url on captures (url_sha256, fetched_at);

create table pages (
  url_sha256 text collate "C" primary key,
  url text not null,
  final_url text not null,
  domain text collate "C" not null,
  status integer not null,
  content_type text not null,
  charset text not null,
  title text,
  description text,
  lang text,
  canonical text,
  author text,
  published_at text,
  modified_at text,
  site_name text,
  lane text not null,
  lane_wanted text not null,
  score integer not null,
  visible_length integer not null,
  text_length integer not null,
  word_count integer not null,
  link_density double precision not null,
  link_count integer not null,
  content_hash text not null,
  simhash text not null,
  noindex boolean not null,
  bytes bigint not null,
  depth integer not null,
  crawl_id text not null,
  capture_id uuid not null,
  first_fetched timestamptz not null,
  last_fetched timestamptz not null,
  etag text,
  last_modified text,
  raw_key text not null,
  raw_offset bigint not null,
  raw_length bigint not null,
  markdown_key text not null,
  markdown_offset bigint not null,
  markdown_length bigint not null,
  terms tsvector not null
);
-- Positions compress badly and compressing them costs more than all else of a row.
alter table pages alter column terms set storage external;
create index pages_of_domain on pages (reverse(domain) collate "C", url_sha256);
create index pages_terms on pages using gin (terms);

create table dead_letters (
  id uuid primary key,
  stage text not null,
  topic text not null,
  capture_id uuid,
  url text,
  code text not null,
  message text not null,
  died_at timestamptz not null,
  payload bytea,
  replayed_at timestamptz
);
`,
  },
  {
    version: 2,
    name: "claims of captures, followers' cursors, dead letters on two machines",
    sql: `
-- Who writes a capture, from before its segment is put until its row is there: see content/once-content.ts.
create table segment_claims (
  capture_id uuid primary key,
  segment_key text not null,
  claimed_at timestamptz not null default now()
);

-- How far each follower of the database has come.
create table cursors (
  name text primary key,
  position text not null,
  owner text not null,
  updated_at timestamptz not null default now()
);
-- The transaction that wrote the row last: see opensearch/changed-pages.ts. Its index is made by who follows.
alter table pages add column changed_by xid8 not null default pg_current_xact_id();

alter table dead_letters add column origin text, add column copied_at timestamptz;
create index dead_letters_uncopied on dead_letters (id) where copied_at is null;
`,
  },
  {
    version: 3,
    name: "pages that wait for a browser",
    sql: `
-- See sql/render-queue.ts. A row stays until its end was told to the frontier.
create table render_queue (
  capture_id uuid primary key,
  url text not null,
  host text collate "C" not null,
  turn bigint not null,
  queued_at timestamptz not null default now(),
  -- What is needed to show it, and how it ended: JSON of the topology's.
  page text not null,
  report text,
  raw_key text not null,
  raw_offset bigint not null,
  raw_length bigint not null,
  markdown_key text not null,
  markdown_offset bigint not null,
  markdown_length bigint not null,
  owner text,
  lease_until timestamptz,
  claims integer not null default 0
);
create index render_queue_turns on render_queue (turn, capture_id);
create index render_queue_of_host on render_queue (host, turn);

-- Where each capture lies that needs no claim any more.
create view stored_captures as
  select capture_id, raw_key, raw_offset, raw_length, markdown_key, markdown_offset, markdown_length from captures
  union all
  select capture_id, raw_key, raw_offset, raw_length, markdown_key, markdown_offset, markdown_length from render_queue
  where report is null;
`,
  },
  {
    version: 4,
    name: "what the router learned",
    sql: `
-- One row a host, and one (the empty host) for all: see sql/route-memory.ts.
create table route_memory (
  host text collate "C" primary key,
  state text not null,
  updated_at timestamptz not null
);
create index route_memory_newest on route_memory (updated_at);
`,
  },
  {
    version: 5,
    name: "pictures of pages",
    sql: `
alter table captures add column screenshot_key text, add column screenshot_offset bigint, add column screenshot_length bigint;
alter table pages add column screenshot_key text, add column screenshot_offset bigint, add column screenshot_length bigint;
create or replace view stored_captures as
  select capture_id, raw_key, raw_offset, raw_length, markdown_key, markdown_offset, markdown_length,
    screenshot_key, screenshot_offset, screenshot_length from captures
  union all
  select capture_id, raw_key, raw_offset, raw_length, markdown_key, markdown_offset, markdown_length,
    null, null, null from render_queue where report is null;
`,
  },
  {
    version: 6,
    name: "tasks, schedules, jobs, webhooks, audit",
    sql: TASKS_SCHEMA,
  },
  {
    version: 7,
    name: "subjects and their pictures",
    sql: `
-- See recipes/images. What a subject is called elsewhere is JSON: names to texts.
create table subjects (
  id text collate "C" primary key,
  name text not null,
  url text,
  variables text not null,
  source text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- Tries since its picture was had last, and what the last of them came to.
  attempts integer not null default 0,
  attempted_at timestamptz,
  error_code text,
  last_error text,
  owner text,
  lease_until timestamptz
);
create index subjects_turns on subjects (attempted_at nulls first, id);

create table subject_images (
  subject_id text collate "C" primary key references subjects (id) on delete cascade,
  object_key text not null,
  source_url text not null,
  page_url text not null,
  sha256 text collate "C" not null,
  -- Of what was fetched; sha256 and bytes are those of the object.
  source_sha256 text collate "C" not null,
  bytes bigint not null,
  width integer not null,
  height integer not null,
  content_type text not null,
  stored_at timestamptz not null,
  -- When it was last found to be what its source still shows.
  checked_at timestamptz not null
);
create index subject_images_of_source on subject_images (source_sha256);

-- When a host may be asked next, by whichever process takes the turn: see recipes/images/host-turns.ts.
create table host_turns (
  host text collate "C" primary key,
  next_at timestamptz not null
);
create index host_turns_oldest on host_turns (next_at);
`,
  },
];

export const SCHEMA_VERSION = migrations.at(-1)?.version ?? 0;
