// The real packages built as their users build them: a client bundle for the page, a server bundle to run here. The packages lie in a
// folder of their own and are installed when somebody measures; types of theirs are unknown to this project on purpose.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { z } from "zod";

export const sitesFolder: string = fileURLToPath(new URL("../sites/", import.meta.url));
/** Where the packages are found from. */
const built = join(sitesFolder, "node_modules", ".built");

/** `npm ci` in the sites' own folder, where it has not been done. Throws with what npm said. */
export function installSites(): void {
  if (existsSync(join(sitesFolder, "node_modules", "esbuild"))) return;
  process.stderr.write("installing the packages of bench/truth/sites …\n");
  // Angular's packages are of one version and still name each other's next one as a peer.
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps"];
  const { status, stderr } = spawnSync("npm", args, { cwd: sitesFolder, encoding: "utf8" });
  if (status !== 0) throw new Error(`npm ci in ${sitesFolder}: ${stderr.slice(-2_000)}`);
}

const bundler = z.object({
  build: z.custom<(options: object) => Promise<unknown>>((build) => typeof build === "function"),
});
const compiler = z.object({
  compile: z.custom<(source: string, options: object) => { js: { code: string } }>(
    (compile) => typeof compile === "function",
  ),
});
const output = z.object({ outputFiles: z.array(z.object({ text: z.string() })).min(1) });
const server = z.object({
  render: z.custom<(first: unknown) => Promise<string>>((render) => typeof render === "function"),
});

export interface BundleSpec {
  /** A file below sites/src. */
  readonly entry: string;
  /** What the application knows of its host. */
  readonly plan: object;
  readonly isMinified: boolean;
}

export async function clientBundle({ entry, plan, isMinified }: BundleSpec): Promise<string> {
  const made = await esbuild({
    ...optionsOf(entry, plan),
    platform: "browser",
    format: "iife",
    minify: isMinified,
    legalComments: "none",
    write: false,
    conditions: ["browser", "production"],
  });
  return output.parse(made).outputFiles[0]?.text ?? "";
}

/** The application's own `render`, run in this process; `name` is the host's. */
export async function serverRender(
  { entry, plan }: BundleSpec,
  name: string,
): Promise<(first: unknown) => Promise<string>> {
  mkdirSync(built, { recursive: true });
  const outfile = join(built, `${name}.mjs`);
  await esbuild({
    ...optionsOf(entry, plan),
    platform: "node",
    format: "esm",
    packages: "external",
    outfile,
  });
  return server.parse(await import(pathToFileURL(outfile).href)).render;
}

/** A file of an installed package, as it is published. */
export const packaged = (path: string): string =>
  readFileSync(join(sitesFolder, "node_modules", path), "utf8");

async function esbuild(options: object): Promise<unknown> {
  return bundler
    .parse(await import(pathToFileURL(join(sitesFolder, "node_modules/esbuild/lib/main.js")).href))
    .build(options);
}

function optionsOf(entry: string, plan: object): object {
  const isServer = entry.endsWith("server.js");
  return {
    entryPoints: [join(sitesFolder, "src", entry)],
    bundle: true,
    logLevel: "error",
    jsx: "automatic",
    jsxImportSource: entry.startsWith("preact/") ? "preact" : "react",
    define: {
      PLAN: JSON.stringify(plan),
      "process.env.NODE_ENV": '"production"',
      ngDevMode: "false",
      __VUE_OPTIONS_API__: "true",
      __VUE_PROD_DEVTOOLS__: "false",
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
    },
    plugins: [svelte(isServer ? "server" : "client")],
  };
}

interface PluginBuild {
  onLoad(
    which: { filter: RegExp },
    load: (found: { path: string }) => Promise<{ contents: string; loader: "js" }>,
  ): void;
}

const svelte = (generate: "client" | "server"): object => ({
  name: "svelte",
  setup(build: PluginBuild): void {
    build.onLoad({ filter: /\.svelte$/ }, async ({ path }) => {
      const { compile } = compiler.parse(
        await import(pathToFileURL(join(sitesFolder, "node_modules/svelte/src/compiler/index.js")).href),
      );
      return {
        contents: compile(readFileSync(path, "utf8"), { filename: path, generate }).js.code,
        loader: "js",
      };
    });
  },
});
