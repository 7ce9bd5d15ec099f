// README's first command.
import { demoSuite } from "./demo-suite.ts";

demoSuite("the demonstration web without a browser", {
  column: "plain",
  env: { MILLRACE_RENDER_WHEN: "never" },
});
