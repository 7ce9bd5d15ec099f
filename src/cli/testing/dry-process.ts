// A process whose command waits for what never comes, while nothing holds the process.
import { defineCommand } from "../command.ts";
import { run } from "../frame.ts";

const command = defineCommand({
  name: "crawl",
  summary: "",
  usage: "",
  examples: [],
  flags: {},
  positionals: { min: 0, max: 0, what: "" },
  drains: true,
  run: () => new Promise<never>(() => undefined),
});
await run(command, []);
