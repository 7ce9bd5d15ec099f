// What the router gets to see of each page: the product's own extraction on the body as it is served. Without a browser.
import { extract, extractOptionsSchema } from "../../src/extract/index.ts";
import type { RouteEvidence } from "../../src/model/index.ts";
import { routeMarkers, routeOptionsSchema } from "../../src/route/index.ts";
import type { TruthSite } from "./web/site.ts";

const markers = routeMarkers(routeOptionsSchema.parse({}));
const options = extractOptionsSchema.parse({});

export function evidenceOf(site: TruthSite, path: string): RouteEvidence {
  const answer = site.answers.get(path);
  if (answer === undefined) throw new Error(`${site.host} has no ${path}`);
  const document = extract(
    {
      url: `http://${site.host}${path}`,
      body: new TextEncoder().encode(answer.body),
      headers: [["content-type", answer.type]],
      truncated: false,
    },
    options,
    markers,
  );
  if (!document.ok) throw new Error(`${site.host}${path}: ${document.error.message}`);
  const { refresh, evidence } = document.value;
  // A page that leads on by itself is not routed; the one it leads to is.
  return refresh === null ? evidence : evidenceOf(site, new URL(refresh.url).pathname);
}
