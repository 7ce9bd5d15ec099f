// MinIO and toxiproxy, built from their Go modules. MinIO is the longest step of the set-up and uses every core.
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, findProgram } from "../services/places.ts";
import { run } from "./run.ts";

export interface GoProgram {
  readonly module: string;
  /** What `go install` names the program. */
  readonly builtAs: string;
  readonly target: string;
  readonly msMax: number;
}

/** Go's own installer puts it here and on nobody's PATH. */
const USUAL = ["/usr/local/go/bin"];

export const findGo = (): string | null => findProgram("go", USUAL);

export async function buildGo(go: string, { module, builtAs, target, msMax }: GoProgram): Promise<void> {
  const folder = join(cacheFolder, `go-${builtAs}.part`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await run(go, ["install", "-ldflags=-s -w", module], { cwd: folder, env: { GOBIN: folder }, msMax });
  renameSync(join(folder, builtAs), target);
  rmSync(folder, { recursive: true, force: true });
}
