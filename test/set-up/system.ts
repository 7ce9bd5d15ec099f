// What comes from the system's own packages where it is missing: PostgreSQL, a JDK, Maven, openssl. Debian and Ubuntu.
import { findJava, findPostgres, findProgram } from "../services/places.ts";
import { run } from "./run.ts";

export interface SystemProgram {
  readonly title: string;
  readonly aptPackage: string;
  isHere(): boolean;
}

export const postgresql: SystemProgram = {
  title: "PostgreSQL",
  aptPackage: "postgresql",
  isHere: () => findPostgres() !== null,
};
export const jdk: SystemProgram = {
  title: "a JDK of version 17 or newer",
  aptPackage: "default-jdk-headless",
  isHere: () => findJava() !== null && findJava("javac") !== null,
};
export const maven: SystemProgram = {
  title: "Maven",
  aptPackage: "maven",
  isHere: () => findProgram("mvn") !== null,
};
export const openssl: SystemProgram = {
  title: "openssl",
  aptPackage: "openssl",
  isHere: () => findProgram("openssl") !== null,
};

const MS_MAX = 5 * 60_000;

/** Installs what is missing, all in one go. A line for each that is still missing after it. */
export async function installPrograms(programs: readonly SystemProgram[]): Promise<string[]> {
  const missing = programs.filter((program) => !program.isHere());
  if (missing.length === 0) return [];
  let why: string | null = null;
  try {
    await apt(missing.map(({ aptPackage }) => aptPackage));
  } catch (cause) {
    why = cause instanceof Error ? cause.message : String(cause);
  }
  return missing
    .filter((program) => !program.isHere())
    .map(
      ({ title }) => `${title} is missing and could not be installed: ${why ?? "apt-get did not bring it"}`,
    );
}

async function apt(packages: readonly string[]): Promise<void> {
  if (findProgram("apt-get") === null) throw new Error("this system has no apt-get");
  const [command = "", ...before] = process.getuid?.() === 0 ? ["apt-get"] : ["sudo", "-n", "apt-get"];
  const quiet = { env: { DEBIAN_FRONTEND: "noninteractive" }, msMax: MS_MAX };
  const install = [...before, "install", "-y", "-qq", "--no-install-recommends", ...packages];
  try {
    await run(command, install, quiet);
  } catch {
    // The list of packages is old or was never fetched.
    await run(command, [...before, "update", "-qq"], quiet);
    await run(command, install, quiet);
  }
}
