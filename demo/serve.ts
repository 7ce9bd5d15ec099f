// The demonstration web, or a large site, as a process of its own: prints one JSON line when it is ready and serves until a signal.
//   node demo/serve.ts                                       nine hosts by name on one port
//   node demo/serve.ts --ports                               each host on a port, for a browser
//   node demo/serve.ts --large --pages 20000 --hosts 4 --bytes 30000 --links 20 --port 0 [--no-gzip]
import { parseArgs } from "node:util";
import { serveLarge, startDemoWeb } from "./index.ts";

const { values } = parseArgs({
  options: {
    host: { type: "string", default: "127.0.0.1" },
    ports: { type: "boolean", default: false },
    large: { type: "boolean", default: false },
    pages: { type: "string", default: "20000" },
    hosts: { type: "string", default: "1" },
    bytes: { type: "string", default: "30000" },
    links: { type: "string", default: "20" },
    port: { type: "string", default: "0" },
    "no-gzip": { type: "boolean", default: false },
  },
});

function count(name: "pages" | "hosts" | "bytes" | "links" | "port"): number {
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new Error(`--${name} ${values[name]}: a whole number is wanted`);
  return value;
}

async function start(): Promise<{ line: object; close: () => Promise<void> }> {
  const { host } = values;
  if (!values.large) {
    const { close, ...line } = await startDemoWeb({ host, hosts: values.ports ? "ports" : "names" });
    return { line, close };
  }
  const sizes = {
    pages: count("pages"),
    hosts: count("hosts"),
    bytes: count("bytes"),
    links: count("links"),
  };
  const site = await serveLarge({ ...sizes, port: count("port"), host, gzip: !values["no-gzip"] });
  return {
    line: { port: site.port, pages: site.pages, depth: site.depth, seeds: site.seeds, resolve: site.resolve },
    close: site.close,
  };
}

const { line, close } = await start();
process.stdout.write(`${JSON.stringify(line)}\n`);
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void close().then(() => process.exit(0)));
