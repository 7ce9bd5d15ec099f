// What session and worker say to each other. Shapes only.
import type { SqlRow, Statement } from "../sql/session.ts";
import type { Change } from "./journal/row-journal.ts";

export interface WorkerSettings {
  /** The database's folder; must exist. */
  readonly directory: string;
  readonly buffersMebibytes: number;
  readonly checkpointMebibytes: number;
}

export type Asked =
  | { readonly id: number; readonly kind: "transaction"; readonly statements: readonly Statement[] }
  | { readonly id: number; readonly kind: "script"; readonly sql: string }
  | { readonly id: number; readonly kind: "close" };

export type Answered =
  | {
      readonly id: number;
      readonly kind: "done";
      readonly rows: readonly (readonly SqlRow[])[];
      /** Of rows that are journaled. */
      readonly changes: readonly Change[];
    }
  | {
      readonly id: number;
      readonly kind: "failed";
      readonly message: string;
      readonly sqlState: string | null;
      /** The medium has no room. */
      readonly full: boolean;
      /** Some of it may have been committed, with changes that are told of nowhere else. */
      readonly halfDone: boolean;
    };
