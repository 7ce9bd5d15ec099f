// What test/deploy needs: compose-go's reader of compose files, built into .cache/, and promtool of Prometheus's package.
// Returns one line for each that could not be had; its tests are skipped then and say so.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const source = join(root, "test", "deploy", "composecheck");
const COMPOSE_CHECK = join(root, ".cache", "bin", "composecheck");

export function setUpDeploy() {
  return [composeCheck(), promtool()].filter((problem) => problem !== null);
}

function composeCheck() {
  const isFresh =
    existsSync(COMPOSE_CHECK) &&
    ["main.go", "go.mod"].every(
      (file) => statSync(join(source, file)).mtimeMs <= statSync(COMPOSE_CHECK).mtimeMs,
    );
  if (isFresh) return null;
  const go = ["go", "/usr/local/go/bin/go"].find((command) => succeeds(command, ["version"]));
  if (go === undefined) return "Go is not at hand: the compose file is not checked";
  mkdirSync(dirname(COMPOSE_CHECK), { recursive: true });
  const built = spawnSync(go, ["build", "-o", COMPOSE_CHECK, "."], {
    cwd: source,
    encoding: "utf8",
    timeout: 600_000,
  });
  if (built.status === 0) return null;
  return `composecheck cannot be built: ${(built.stderr ?? "").trim().split("\n").at(-1)}`;
}

function promtool() {
  if (succeeds("promtool", ["--version"])) return null;
  const isRoot = process.getuid?.() === 0;
  const install = ["install", "-y", "--no-install-recommends", "prometheus"];
  // The lists of packages may be old, or not there at all: fetched only when the first try fails.
  const isThere =
    isRoot &&
    (succeeds("apt-get", install) || (succeeds("apt-get", ["update"]) && succeeds("apt-get", install))) &&
    succeeds("promtool", ["--version"]);
  return isThere ? null : "promtool (Debian package prometheus) is not at hand: alert rules are not checked";
}

function succeeds(command, args) {
  return (
    spawnSync(command, args, {
      stdio: "ignore",
      timeout: 300_000,
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    }).status === 0
  );
}
