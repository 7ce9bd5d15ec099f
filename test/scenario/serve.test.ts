// `millrace serve` on the embedded database.
import { serveSuite } from "./serve-suite.ts";

serveSuite({ name: "embedded", env: async () => ({}) });
