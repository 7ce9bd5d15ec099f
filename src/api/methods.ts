// Which methods a path has: a path that is known under another method is answered with 405 and not with 404.
import type { FastifyInstance } from "fastify";

/** To be called before the first route is made. */
export function methodsElsewhere(app: Pick<FastifyInstance, "addHook">): (url: string) => string[] {
  const known: { readonly methods: readonly string[]; readonly path: RegExp }[] = [];
  app.addHook("onRoute", ({ method, url }) => {
    // Of the plugin that answers browsers' preflights.
    if (url === "*") return;
    known.push({ methods: [method].flat(), path: patternOf(url) });
  });
  return (url) => {
    const path = url.split("?")[0] ?? "";
    const methods = known.filter((route) => route.path.test(path)).flatMap((route) => route.methods);
    return [...new Set(methods)].sort();
  };
}

function patternOf(url: string): RegExp {
  const escaped = url.replace(/\/$/, "").replace(/[.+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replace(/:[^/]+/g, "[^/]+").replace(/\*/g, ".*")}/?$`);
}
