// `reprocess`: pages extracted again from their stored raw captures; nothing is fetched. `--rebuild` makes the database
// anew from the segments alone, with every verdict as it was.
import { dataFlag, defineCommand, onOff, storeFlag } from "./command.ts";
import { recordAgain } from "./record-again.ts";
import { withOwnedFolder } from "./with-folder.ts";

export const reprocess = defineCommand({
  name: "reprocess",
  summary: "extract again from stored raw captures, no fetching",
  usage: "reprocess [--rebuild] [--data DIR]",
  examples: [
    { line: "millrace reprocess", does: "rows and search index by the extraction of today" },
    { line: "millrace reprocess --rebuild", does: "the whole database anew from the segments" },
  ],
  flags: {
    data: dataFlag,
    role: storeFlag,
    rebuild: onOff("drop all rows first and make them anew from every capture in the segments"),
  },
  positionals: { min: 0, max: 0, what: "" },
  drains: true,
  run: (args, io) =>
    withOwnedFolder(args, io, async ({ store }, config) => {
      const { rebuild } = args.flags;
      const { recorded, failed, left } = await recordAgain(store, config, rebuild, io);
      const skipped = failed === 0 ? "" : `, ${failed} could not be extracted`;
      await io.print(`${recorded} ${rebuild ? "captures recorded" : "pages extracted again"}${skipped}\n`);
      if (left > 0) {
        const were =
          left === 1
            ? "page that a browser showed was left as it is"
            : "pages that a browser showed were left as they are";
        io.say(`${left} ${were}`);
      }
      if (io.stop.aborted)
        return io.failure({ code: "internal", message: "stopped before the end; run it again" });
      return failed === 0 ? 0 : 1;
    }),
});
