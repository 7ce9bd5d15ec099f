// docker-compose.stream.yml as compose-go resolves it, held against the contract: what is healthy before what, what is seen
// from outside, what is limited, and that no version or password is left to chance.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { loadConfig, ROLES } from "../../src/config.ts";
import {
  COMPOSE_CHECK,
  composed,
  freshEnvironment,
  lacks,
  type Project,
  root,
  run,
  type Service,
} from "./deployment.ts";

const ONE_SHOTS = ["topics", "bucket"];
const ROLE_SERVICES = ["ingestor", "processor", "api"] as const;
const environment = freshEnvironment();

describe("the compose file", {
  skip: lacks(COMPOSE_CHECK, "composecheck is not built (npm run test:all builds it)"),
}, () => {
  let found: Project | undefined;
  const project = (): Project => {
    found ??= composed(environment);
    return found;
  };
  const services = (): [string, Service][] => Object.entries(project().services);
  const service = (name: string): Service => {
    const one = project().services[name];
    assert.ok(one, `no service ${name}`);
    return one;
  };

  test("has the services, and the profiles app and tools beside them", () => {
    const byProfile = (profile: string | undefined): string[] =>
      services()
        .filter(([, { profiles }]) => profiles[0] === profile)
        .map(([name]) => name)
        .sort();
    assert.deepEqual(byProfile(undefined), [
      "bucket",
      "grafana",
      "kafka",
      "minio",
      "opensearch",
      "postgres",
      "prometheus",
      "topics",
    ]);
    assert.deepEqual(byProfile("app"), ["api", "ingestor", "processor"]);
    assert.deepEqual(byProfile("tools"), ["kafka-ui", "opensearch-dashboards", "pgadmin"]);
  });

  test("asks every service that stays up how it is, and starts it again when it ends", () => {
    for (const [name, { healthcheck, restart }] of services()) {
      const isOneShot = ONE_SHOTS.includes(name);
      assert.equal(restart, isOneShot ? "no" : "unless-stopped", name);
      assert.equal(healthcheck === undefined, isOneShot, `${name}: health check`);
    }
  });

  test("waits for health, or for the end of what runs once", () => {
    for (const [name, { depends_on }] of services())
      for (const [other, { condition }] of Object.entries(depends_on)) {
        const wanted = ONE_SHOTS.includes(other) ? "service_completed_successfully" : "service_healthy";
        assert.equal(condition, wanted, `${name} → ${other}`);
      }
    for (const role of ROLE_SERVICES)
      for (const other of ONE_SHOTS) assert.ok(service(role).depends_on[other], `${role} → ${other}`);
  });

  test("names a version for every image", () => {
    for (const [name, { image, build }] of services()) {
      const isOwn = build?.dockerfile === "deploy/Dockerfile";
      assert.match(
        image,
        isOwn ? /^millrace:local$/ : /^[a-z0-9./-]+:(v?\d+(\.\d+)+(-[a-z]+)?|\d{8})$/,
        name,
      );
    }
  });

  test("keeps data in named volumes that are all declared, and mounts files that exist", () => {
    const used = new Set<string>();
    for (const [name, { volumes }] of services())
      for (const { type, source } of volumes) {
        if (type === "volume") used.add(source);
        else assert.ok(existsSync(source), `${name}: ${source}`);
      }
    assert.deepEqual([...used].sort(), Object.keys(project().volumes).sort());
    for (const name of ["kafka", "postgres", "minio", "opensearch", "ingestor"])
      assert.ok(
        service(name).volumes.some(({ type }) => type === "volume"),
        name,
      );
  });

  test("is seen by other machines through Kafka alone", () => {
    for (const [name, { ports }] of services())
      for (const { host_ip: host, target } of ports)
        assert.equal(host, name === "kafka" ? "0.0.0.0" : "127.0.0.1", `${name}:${target}`);
    const open = composed({ ...environment, MINIO_BIND: "0.0.0.0", KAFKA_BIND: "10.0.0.5" });
    assert.equal(open.services.minio?.ports.find(({ target }) => target === 9000)?.host_ip, "0.0.0.0");
    assert.equal(open.services.minio?.ports.find(({ target }) => target === 9001)?.host_ip, "127.0.0.1");
    assert.equal(open.services.kafka?.ports[0]?.host_ip, "10.0.0.5");
  });

  test("lets Kafka advertise the desktop's name to other machines and its own inside", () => {
    const advertised = (host: string): string | null | undefined =>
      composed({ ...environment, KAFKA_ADVERTISED_HOST: host }).services.kafka?.environment
        .KAFKA_ADVERTISED_LISTENERS;
    assert.equal(advertised(""), "INNER://kafka:29092,OUTER://localhost:9092");
    assert.equal(advertised("desktop.local"), "INNER://kafka:29092,OUTER://desktop.local:9092");
    const { environment: kafka } = service("kafka");
    assert.equal(kafka.KAFKA_AUTO_CREATE_TOPICS_ENABLE, "false");
    assert.equal(kafka.KAFKA_PROCESS_ROLES, "broker,controller");
    const isMounted = service("kafka").volumes.some(({ target }) => target === kafka.KAFKA_LOG_DIRS);
    assert.ok(isMounted, "the log lies in a volume");
  });

  test("limits collection jobs to one core and one GiB", () => {
    for (const name of ["ingestor", "api"]) {
      assert.deepEqual(service(name).deploy?.resources.limits, { cpus: 1, memory: String(1024 ** 3) }, name);
    }
    assert.ok(service("processor").deploy?.resources.limits);
  });

  test("has no default for a password, and says which one is missing", () => {
    for (const name of Object.keys(environment).filter((key) => /_PASSWORD$|SECRET/.test(key))) {
      const { code, stderr } = run(COMPOSE_CHECK, ["docker-compose.stream.yml"], {
        ...environment,
        [name]: "",
      });
      assert.equal(code, 1, name);
      assert.match(stderr, new RegExp(`required variable ${name} is missing.*deploy/env\\.sh`), name);
    }
  });

  test("makes passwords that are long, new each time, and of every kind of sign", () => {
    const again = freshEnvironment();
    const names = Object.keys(environment).filter((key) => /_PASSWORD$|SECRET/.test(key));
    assert.equal(names.length, 6);
    for (const name of names) {
      assert.match(environment[name] ?? "", /^(?=.*[A-Z])(?=.*[a-z])(?=.*\d)[\w-]{32,}$/, name);
      assert.notEqual(environment[name], again[name]);
    }
    assert.equal(new Set(names.map((name) => environment[name])).size, names.length);
  });

  test("gives each role a configuration that it takes, with its health where the check asks", () => {
    for (const name of ROLE_SERVICES) {
      const { command, environment: variables, healthcheck, ports } = service(name);
      assert.deepEqual(command, ["--role", name]);
      const role = ROLES.find((one) => one === name);
      assert.ok(role);
      const own = Object.fromEntries(
        Object.entries(variables).map(([key, value]) => [key, value ?? undefined]),
      );
      const loaded = loadConfig({ role, files: [], flags: [], environment: own });
      assert.ok(loaded.ok, loaded.ok ? "" : loaded.error);
      const { host, port } = loaded.value.config.observe.metrics;
      assert.equal(host, "0.0.0.0");
      assert.deepEqual(loaded.value.config.wire.bootstrapServers, ["kafka:29092"]);
      const { s3, content, database } = loaded.value.config.store;
      assert.deepEqual([s3.endpoint, s3.bucket], ["http://minio:9000", "millrace"]);
      if (name !== "ingestor") assert.equal(content.kind, "s3");
      if (name !== "ingestor")
        assert.equal(
          database.url,
          `postgres://millrace:${environment.DATABASE_PASSWORD}@postgres:5432/millrace`,
        );
      assert.deepEqual(healthcheck?.test, ["CMD", "node", "/app/deploy/live.mjs", String(port)]);
      if (name !== "api") assert.ok(ports.some(({ target }) => target === port));
    }
  });

  test("builds from Dockerfiles that are there", () => {
    for (const [name, { build }] of services())
      if (build !== undefined)
        assert.ok(existsSync(join(build.context || root, build.dockerfile)), `${name}: ${build.dockerfile}`);
  });

  test("is refused with a misspelt key, so the check is one", () => {
    const { code, stderr } = run(COMPOSE_CHECK, ["test/deploy/misspelt.yml"], environment);
    assert.equal(code, 1);
    assert.match(stderr, /healthchek/);
  });
});
