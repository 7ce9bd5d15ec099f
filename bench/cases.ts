// Every case of the bench, in the order they are run.
import type { Case } from "./case.ts";
import { apiCase } from "./cases/api.ts";
import { busyCase } from "./cases/busy.ts";
import { crawlCases } from "./cases/crawl.ts";
import { engineCase } from "./cases/engine.ts";
import { extractCase, routeCase } from "./cases/extract.ts";
import { programCases } from "./cases/programs.ts";
import { richCase } from "./cases/rich.ts";
import { startUpCase } from "./cases/start-up.ts";
import { storeServersCase } from "./cases/store-servers.ts";
import { truthCase } from "./cases/truth.ts";
import { twoMachineCases } from "./cases/two-machines.ts";
import { wireCase } from "./cases/wire.ts";

export const cases: readonly Case[] = [
  startUpCase,
  ...crawlCases,
  engineCase,
  extractCase,
  routeCase,
  ...programCases,
  richCase,
  truthCase,
  wireCase,
  storeServersCase,
  ...twoMachineCases,
  apiCase,
  busyCase,
];
