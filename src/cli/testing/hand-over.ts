// Entry for a test: hands over to this very Node, as an older one would to the pinned one.
import { runUnder } from "../runtime.ts";

const [, , program = "", ...args] = process.argv;
runUnder(process.execPath, program, args);
