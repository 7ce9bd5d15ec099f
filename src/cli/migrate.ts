// `migrate`: brings the database to the newest schema. Opening it does that; this command is for doing it at a chosen time.
import { dataFlag, defineCommand, storeFlag } from "./command.ts";
import { withOwnedFolder } from "./with-folder.ts";

export const migrate = defineCommand({
  name: "migrate",
  summary: "database schema to the newest version (also done on start)",
  usage: "migrate [--data DIR]",
  examples: [
    { line: "millrace migrate --data ./millrace-data", does: "brings that folder's database up to date" },
  ],
  flags: { data: dataFlag, role: storeFlag },
  positionals: { min: 0, max: 0, what: "" },
  drains: false,
  run: (args, io) =>
    withOwnedFolder(args, io, async ({ store }) => {
      const { pages, captures } = await store.metadata.counts();
      await io.print(`up to date: ${pages} pages, ${captures} captures\n`);
      return 0;
    }),
});
