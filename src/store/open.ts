// The embedded store of one data folder: `segments/` and `database/`, made on first use. Nothing is opened until
// `connect` of one of its parts.
import { join } from "node:path";
import type { Clock } from "../base/index.ts";
import { folderContent } from "./content/folder-content.ts";
import type { ContentStore, MetadataStore } from "./faces.ts";
import type { StoreOptions } from "./options.ts";
import { pgliteSession } from "./pglite/pglite-session.ts";
import { sqlMetadata } from "./sql/sql-metadata.ts";

export interface Store {
  readonly content: ContentStore;
  readonly metadata: MetadataStore;
  /** Closes both; a store that is closed in order opens without looking back. */
  close(): Promise<void>;
}

/** `folder` is held by its one process already. `software` names the writer in each segment ("millrace/1.2.3"). */
export function embeddedStore(folder: string, options: StoreOptions, software: string, clock: Clock): Store {
  const content = folderContent(join(folder, "segments"), { ...options, software }, clock);
  const contentsExist = async (): Promise<boolean> => (await content.statistics()).segments > 0;
  const session = pgliteSession(join(folder, "database"), { ...options.database, contentsExist });
  const metadata = sqlMetadata(session, options.search);
  return {
    content,
    metadata,
    close: async () => {
      const closed = await Promise.allSettled([content.close(), metadata.close()]);
      for (const result of closed) if (result.status === "rejected") throw result.reason;
    },
  };
}
