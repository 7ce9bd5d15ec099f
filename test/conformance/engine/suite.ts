// A conformance suite is a list of cases over a factory, so that it can be run on every implementation of a face, and on
// faulty ones to see that it turns red. Knows no face.
import { test } from "node:test";

export interface Case {
  readonly title: string;
  run(): Promise<void> | void;
}

/** Registers every case with the test runner. */
export function registerSuite(subject: string, cases: readonly Case[]): void {
  for (const each of cases) test(`${subject}: ${each.title}`, { timeout: 30_000 }, () => each.run());
}

/** The titles of the cases that fail. A case that hangs (`hangMs` of real time) has failed. */
export async function failing(cases: readonly Case[], hangMs = 500): Promise<readonly string[]> {
  const red: string[] = [];
  for (const each of cases) {
    let timer: NodeJS.Timeout | undefined;
    const hang = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error("hangs")), hangMs);
    });
    try {
      await Promise.race([Promise.resolve().then(() => each.run()), hang]);
    } catch {
      red.push(each.title);
    } finally {
      clearTimeout(timer);
    }
  }
  return red;
}
