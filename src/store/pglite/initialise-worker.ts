// A thread that makes one database folder and ends: what that takes of memory ends with it.
import { workerData } from "node:worker_threads";
import { z } from "zod";
import { initialiseDatabase } from "./initialise.ts";

const { parent, directory } = z.object({ parent: z.string(), directory: z.string() }).parse(workerData);
await initialiseDatabase(parent, directory);
