// The process that crash.test.ts kills: resumes the crawl in the folder it is given and answers every lease by the rules of a
// web of its own, some with links, some with redirects, one in eight at first with a failure. Prints a line for each fetch.
import { createHash } from "node:crypto";
import { writeSync } from "node:fs";
import type { PageRequest } from "../../model/index.ts";
import { Frontier } from "../frontier.ts";
import { frontierOptions } from "../options.ts";
import { answer, drain, type Reply, spec } from "../testing.ts";

const [folder = "", urlsText = "0"] = process.argv.slice(2);
const urls = Number(urlsText);

const urlOf = (n: number): string => `http://h${n % 7}.test/${n}`;
const chanceOf = (n: number): number => createHash("sha1").update(String(n)).digest()[0] ?? 0;

function reply(request: PageRequest): Reply {
  const n = Number(request.url.slice(request.url.lastIndexOf("/") + 1));
  const chance = chanceOf(n);
  if (chance % 8 === 0 && request.attempt === 1) return { later: "connect", delayMs: 1 };
  const children = [2 * n + 1, 2 * n + 2].filter((child) => child < urls);
  const [first] = children;
  if (chance % 8 === 1 && first !== undefined && children.length === 1) {
    return { kind: "redirect", request, status: 302, target: urlOf(first), setCookie: false };
  }
  return answer(request, { links: children.map(urlOf) });
}

const options = frontierOptions.parse({ delayMs: 0, robots: false, syncTurns: false, leasesPerTurnMax: 16 });
const frontier = new Frontier({ folder, options });
frontier.reclaim(frontier.openLeases().map(({ captureId }) => captureId));
const begun = await frontier.beginCrawl(spec({ scope: "any", depthMax: 1000 }));
if (begun.state !== "finished") {
  await frontier.admitGiven([urlOf(0)]);
  frontier.seedingDone();
  await drain(frontier, (request) => {
    writeSync(1, `${request.url}\n`);
    return reply(request);
  });
}
await frontier.close();
writeSync(1, "done\n");
