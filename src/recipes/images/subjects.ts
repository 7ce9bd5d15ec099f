// The subjects as others see them: entered, listed, removed with their pictures, and a picture's bytes. Collects nothing.
import type { Objects, SqlSession } from "../../store/index.ts";
import type { NewSubject, Subject } from "./subject.ts";
import { SubjectTable } from "./subject-table.ts";

export class Subjects {
  readonly #table: SubjectTable;
  readonly #objects: Objects;

  constructor(session: SqlSession, objects: Objects) {
    this.#table = new SubjectTable(session);
    this.#objects = objects;
  }

  /** All of them or none; known ones are brought up to date. */
  add(subjects: readonly NewSubject[]): Promise<{ readonly added: number; readonly changed: number }> {
    return this.#table.add(subjects, "api");
  }

  one(id: string): Promise<Subject | null> {
    return this.#table.one(id);
  }

  /** By id, behind `after`. */
  list(limit: number, after: string): Promise<readonly Subject[]> {
    return this.#table.list(limit, after);
  }

  /** The row first: an object without a row is only room lost. False: there is none. */
  async remove(id: string, signal: AbortSignal): Promise<boolean> {
    const key = await this.#table.remove(id);
    if (key === undefined) return false;
    if (key !== null) await this.#objects.remove(key, signal);
    return true;
  }

  async picture(
    id: string,
    signal: AbortSignal,
  ): Promise<{ readonly bytes: Uint8Array; readonly contentType: string; readonly sha256: string } | null> {
    const image = (await this.#table.one(id))?.image ?? null;
    if (image === null) return null;
    const bytes = await this.#objects.get(image.key, signal);
    return bytes === null ? null : { bytes, contentType: image.contentType, sha256: image.sha256 };
  }
}
