// The same demonstration web where the router may use a browser: pages that a script makes are read as a person sees them.
import { demoSuite } from "../scenario/demo-suite.ts";
import { whyNoBrowser } from "../services/index.ts";

demoSuite("the demonstration web with a browser", {
  column: "rendered",
  skip: whyNoBrowser() ?? false,
});
