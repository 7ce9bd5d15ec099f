// What starts the roles without containers: systemd on the desktop, launchd on the Mac, and the two configuration files.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { z } from "zod";
import { type Config, loadConfig, type Role } from "../../src/config.ts";
import { lacks, read, root, run } from "./deployment.ts";

const UNIT = "deploy/systemd/millrace-processor.service";
const PLIST = "deploy/launchd/dev.millrace.ingestor.plist";

function configOf(role: Role): Config {
  const loaded = loadConfig({ role, files: [], flags: [], environment: {} });
  assert.ok(loaded.ok, loaded.ok ? "" : loaded.error);
  return loaded.value.config;
}

test("the roles' configuration files hold known keys and allowed values", () => {
  for (const role of ["ingestor", "processor", "standalone", "api"] as const) configOf(role);
});

test("both roles may run on one machine: their metrics have ports of their own, on loopback", () => {
  const [ingestor, processor] = [configOf("ingestor"), configOf("processor")];
  assert.deepEqual(
    [
      ingestor.observe.metrics.port,
      processor.observe.metrics.port,
      configOf("standalone").observe.metrics.port,
    ],
    [9465, 9464, 9464],
  );
  assert.equal(ingestor.observe.metrics.host, "127.0.0.1");
  assert.equal(processor.observe.metrics.host, "127.0.0.1");
});

test("the how-to's configuration for the Mac is taken", () => {
  const [, text = ""] = /^```yaml\n(.*?)^```$/ms.exec(read("docs/two-machines.md")) ?? [];
  const folder = mkdtempSync(join(tmpdir(), "millrace-how-to-"));
  try {
    const file = join(folder, "ingestor.yaml");
    writeFileSync(file, text);
    const loaded = loadConfig({ role: "ingestor", files: [file], flags: [], environment: {} });
    assert.ok(loaded.ok, loaded.ok ? "" : loaded.error);
    assert.equal(loaded.value.config.seeds.length, 2);
    assert.equal(loaded.value.config.observe.metrics.host, "0.0.0.0");
    assert.equal(loaded.value.config.observe.metrics.port, 9465);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the how-to names files and ports that are there", () => {
  const text = read("docs/two-machines.md");
  const paths = [...text.matchAll(/(?<![\w/~.])(?:deploy|config)\/[\w./-]+\w/g)].map(([path]) => path);
  assert.ok(paths.length >= 4);
  for (const path of paths) assert.ok(existsSync(join(root, path)), path);
  const compose = read("docker-compose.stream.yml");
  for (const port of [
    "3000:3000",
    "9090:9090",
    "8080:8080",
    "5050:80",
    "5601:5601",
    "9000:9000",
    "9092:9092",
  ])
    assert.ok(compose.includes(port), port);
});

test("systemd takes the unit without a word", {
  skip: lacks("systemd-analyze", "systemd-analyze is not installed"),
}, () => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-unit-"));
  try {
    // It also looks whether the program can be run, which lies elsewhere here.
    const unit = join(folder, "millrace-processor.service");
    writeFileSync(unit, read(UNIT).replace("/usr/bin/node", process.execPath));
    const { code, stdout, stderr } = run("systemd-analyze", ["verify", unit]);
    assert.equal(stderr + stdout, "", "an unknown key is only a warning");
    assert.equal(code, 0);
    writeFileSync(
      unit,
      read(UNIT).replace("/usr/bin/node", process.execPath).replace("Restart=", "Restrat="),
    );
    assert.match(run("systemd-analyze", ["verify", unit]).stderr, /Restrat/, "so the check is one");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the image recipe runs once at night, with one CPU and one GiB, under systemd and in the cloud", {
  skip: lacks("systemd-analyze", "systemd-analyze is not installed"),
}, () => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-unit-"));
  try {
    for (const name of ["millrace-images.service", "millrace-images.timer"])
      writeFileSync(
        join(folder, name),
        read(`deploy/systemd/${name}`).replace("/usr/bin/node", process.execPath),
      );
    const { code, stdout, stderr } = run("systemd-analyze", [
      "verify",
      join(folder, "millrace-images.timer"),
    ]);
    assert.equal(stderr + stdout, "", "an unknown key is only a warning");
    assert.equal(code, 0);
  } finally {
    rmSync(folder, { recursive: true });
  }
  const unit = read("deploy/systemd/millrace-images.service");
  assert.match(unit, /^CPUQuota=100%$/m);
  assert.match(unit, /^MemoryMax=1G$/m);
  assert.match(unit, /^ExecStart=\S+\/node \S+\/dist\/main\.js run images --servers$/m);
  assert.match(read("deploy/systemd/millrace-images.timer"), /^OnCalendar=\*-\*-\* 03:00:00$/m);
  const job = cloudJob.parse(parse(read("deploy/cloud-run/images-job.yaml")));
  const [container] = job.spec.template.spec.template.spec.containers;
  assert.deepEqual(container.resources.limits, { cpu: "1", memory: "1Gi" });
  assert.deepEqual(container.args, ["run", "images", "--servers"]);
  const environment = Object.fromEntries(
    container.env.map(({ name, value }) => [name, value ?? "https://x:y@db/z"]),
  );
  const loaded = loadConfig({ role: "processor", files: [], flags: [], environment });
  assert.ok(loaded.ok, loaded.ok ? "" : loaded.error);
  assert.equal(loaded.value.config.store.content.kind, "s3");
  assert.equal(loaded.value.config.store.s3.region, "auto");
});

const cloudJob = z.object({
  kind: z.literal("Job"),
  spec: z.object({
    template: z.object({
      spec: z.object({
        template: z.object({
          spec: z.object({
            containers: z.tuple([
              z.object({
                args: z.array(z.string()),
                resources: z.object({ limits: z.record(z.string(), z.string()) }),
                env: z.array(z.object({ name: z.string(), value: z.string().optional() })),
              }),
            ]),
          }),
        }),
      }),
    }),
  }),
});

test("systemd starts the processor again after a failure, and not after a wrong configuration", () => {
  const unit = read(UNIT);
  assert.match(unit, /^ExecStart=\S+\/node \S+\/dist\/main\.js --role processor$/m);
  assert.match(unit, /^Restart=on-failure$/m);
  assert.match(unit, /^RestartPreventExitStatus=2$/m);
  assert.match(unit, /^StartLimitIntervalSec=0$/m);
});

const job = z.object({
  Label: z.literal("dev.millrace.ingestor"),
  ProgramArguments: z.tuple([z.literal("/bin/sh"), z.literal("-c"), z.string()]),
  KeepAlive: z.object({ SuccessfulExit: z.literal(false) }),
  ExitTimeOut: z.number(),
  SoftResourceLimits: z.object({ NumberOfFiles: z.number().min(1024) }),
});

const withPython = { skip: lacks("python3", "python3 is not installed") };

function parsedPlist(): z.output<typeof job> {
  const program = "import json,plistlib,sys; print(json.dumps(plistlib.load(open(sys.argv[1],'rb'))))";
  const { code, stdout, stderr } = run("python3", ["-c", program, PLIST]);
  assert.equal(code, 0, stderr);
  return job.parse(JSON.parse(stdout));
}

test("launchd's file is a property list that starts the ingestor in a shell's place", withPython, () => {
  const line = parsedPlist().ProgramArguments[2];
  assert.equal(run("sh", ["-n", "-c", line]).stderr, "");
  assert.match(line, /exec node dist\/main\.js --role ingestor /);
});

test("whoever stops a role waits longer than it may take to drain", withPython, () => {
  const seconds = (text: string, pattern: RegExp): number => Number(pattern.exec(text)?.[1]);
  const waits = [
    [seconds(read(UNIT), /^TimeoutStopSec=(\d+)s$/m), "processor"],
    [seconds(read("docker-compose.stream.yml"), /^ {2}stop_grace_period: (\d+)s$/m), "processor"],
    [parsedPlist().ExitTimeOut, "ingestor"],
  ] as const;
  for (const [waitS, role] of waits) assert.ok(waitS * 1000 > configOf(role).topology.stopDeadlineMs, role);
});
