// How the tests of the deployment find its files and run the tools that judge them.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { cacheFolder, KAFKA_VERSION } from "../services/places.ts";

export const root = fileURLToPath(new URL("../../", import.meta.url));

export const read = (path: string): string => readFileSync(join(root, path), "utf8");

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function run(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  timeoutMs = 60_000,
): Ran {
  const ran = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    timeout: timeoutMs,
    env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "/", ...environment },
  });
  return { code: ran.status, stdout: ran.stdout ?? "", stderr: ran.stderr ?? String(ran.error) };
}

/** `skip` of a test that needs the tool: false, or a word of why not. */
export function lacks(command: string, why: string): string | false {
  const isThere = command.includes("/") ? existsSync(command) : run(command, ["--version"]).code === 0;
  return isThere ? false : why;
}

/** test/set-up/deploy.ts builds the one from the other, and fetches the jar of kafka-topics.sh. */
export const COMPOSE_CHECK_SOURCE = join(root, "test", "deploy", "composecheck");
export const COMPOSE_CHECK = join(cacheFolder, "composecheck");
export const TOPIC_TOOL = join(cacheFolder, `kafka-tools-${KAFKA_VERSION}.jar`);

const port = z.object({ host_ip: z.string().optional(), target: z.number(), published: z.string() });
const service = z.object({
  image: z.string(),
  profiles: z.array(z.string()).default([]),
  command: z.array(z.string()).nullable(),
  restart: z.string(),
  environment: z.record(z.string(), z.string().nullable()).default({}),
  ports: z.array(port).default([]),
  volumes: z.array(z.object({ type: z.string(), source: z.string(), target: z.string() })).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z
    .object({ test: z.array(z.string()), interval: z.string(), timeout: z.string(), retries: z.number() })
    .optional(),
  build: z.object({ context: z.string(), dockerfile: z.string() }).optional(),
  deploy: z
    .object({
      resources: z.object({
        limits: z.object({ cpus: z.number(), memory: z.string() }).optional(),
      }),
    })
    .optional(),
  stop_grace_period: z.string().optional(),
});
const project = z.object({
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.unknown()),
});

export type Service = z.output<typeof service>;
export type Project = z.output<typeof project>;

/** docker-compose.stream.yml with every profile, as the compose command would read it in this environment. */
export function composed(environment: Readonly<Record<string, string>>): Project {
  const ran = run(COMPOSE_CHECK, ["docker-compose.stream.yml"], environment);
  if (ran.code !== 0) throw new Error(ran.stderr);
  return project.parse(JSON.parse(ran.stdout));
}

/** The variables that `deploy/env.sh` prints. */
export function freshEnvironment(): Readonly<Record<string, string>> {
  const { stdout } = run("sh", ["deploy/env.sh"]);
  const lines = stdout.split("\n").filter((line) => /^[A-Z_]+=/.test(line));
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s, 2)));
}
