// The flags of `crawl` and what they mean together: one typed CrawlSpec, or one line that says which flag is wrong.
// Looks at named files and folders, but opens none of them; starts nothing.
import { accessSync, constants, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { describe, err, nearest, ok, type Result } from "../base/index.ts";
import type { LaneChoice } from "../model/index.ts";
import { type Args, dataFlag, list, oneOf, onOff, seconds, text, value, wholeNumber } from "./command.ts";
import { DECLARED_FIELDS, NAMED_FIELDS, OUT_FIELDS } from "./out-fields.ts";
import { seedUrl } from "./seed.ts";

const LANES = ["auto", "fast", "rich"] as const;
const SCOPES = ["host", "domain", "any"] as const;
const UNITS: Readonly<Record<string, number>> = { "": 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

const regularExpression: z.ZodType<RegExp> = z.string().transform((written, context) => {
  try {
    return new RegExp(written, "u");
  } catch (thrown) {
    context.addIssue({ code: "custom", message: `must be a regular expression (${describe(thrown)})` });
    return z.NEVER;
  }
});

const bytes: z.ZodType<number> = z
  .string()
  .regex(/^\d{1,15}[kmg]?$/i, "must be a number of bytes, with k, m or g for KiB, MiB, GiB")
  .transform(
    (written) => Number.parseInt(written, 10) * (UNITS[written.replace(/\d+/, "").toLowerCase()] ?? 1),
  )
  .refine((number) => number >= 1 && number <= 2 ** 31, "must be from 1 byte to 2 GiB");

/** Fields the client sets by itself; a second one would make the request ambiguous (RFC 9112 sections 3.2 and 6.3). */
const OWN_HEADERS = ["host", "connection", "content-length", "transfer-encoding", "upgrade", "te", "trailer"];

const headerField: z.ZodType<string> = z.string().superRefine((written, context) => {
  const name = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*[\t\u0020-\u007e\u0080-\u00ff]*$/.exec(written)?.[1];
  if (name === undefined) {
    context.addIssue({ code: "custom", message: "must be a header field like 'Name: value'" });
  } else if (OWN_HEADERS.includes(name.toLowerCase())) {
    context.addIssue({ code: "custom", message: `${name} is set by the client itself` });
  }
});

const proxyUrl: z.ZodType<string> = z
  .string()
  .refine(
    (written) => /^(https?|socks5):$/.test(URL.parse(written)?.protocol ?? ""),
    "must be an http://, https:// or socks5:// URL",
  );

const override: z.ZodType<string> = z
  .string()
  .regex(
    /^(\[[^\]]+\]|[^:\s]+):(\d{1,5}|\*):\S+$/,
    "must be host:port:address (curl's form; * for any host or port)",
  );

const userAgent: z.ZodType<string> = z
  .string()
  .regex(
    /^[\u0021-\u007e](?:[\u0020-\u007e]{0,510}[\u0021-\u007e])?$/,
    "must be 1 to 512 printable ASCII characters",
  );

const fields: z.ZodType<string[]> = z.string().transform((written, context) => {
  const names = written.split(",").map((name) => name.trim());
  const known = [...OUT_FIELDS, ...NAMED_FIELDS, ...DECLARED_FIELDS];
  for (const name of names) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    const hint = near === null ? `known fields: ${known.join(" ")}` : `did you mean ${near}?`;
    context.addIssue({ code: "custom", message: `unknown field ${JSON.stringify(name)}; ${hint}` });
    return z.NEVER;
  }
  return [...new Set(names)];
});

export const crawlFlags = {
  demo: onOff("serve the small demonstration web on free loopback ports and crawl it, in a fresh folder"),
  list: list(
    "FILE",
    "URLs or hosts, one a line, or Tranco rank,domain CSV; .gz .zst .zip; - for stdin",
    text,
  ),
  sitemap: list("URL", "a sitemap whose URLs are given ones", text),
  depth: value(
    "N",
    "links to follow from the given URLs (default 3; 0 with --list)",
    wholeNumber(0, 65_535).optional(),
  ),
  "max-pages": value("N", "stop admitting URLs after N", wholeNumber(1).optional()),
  scope: value(
    "host|domain|any",
    "which links belong to the crawl (default host)",
    oneOf(SCOPES).default("host"),
  ),
  include: list("RE", "only URLs that match one of these", regularExpression),
  exclude: list("RE", "no URL that matches one of these", regularExpression),
  lane: value("auto|fast|rich", "which lane pages take (default auto)", oneOf(LANES).default("auto")),
  concurrency: value("N", "requests under way at once (default 500)", wholeNumber(1, 65_535).optional()),
  "per-host": value("N", "of them to one host (default 2)", wholeNumber(1, 1_000).optional()),
  delay: value(
    "MS",
    "least time between two requests to a host (default 1000)",
    wholeNumber(0, 3_600_000).optional(),
  ),
  "no-robots": onOff("do not ask for robots.txt"),
  "user-agent": value(
    "S",
    "the User-Agent header, and the name looked for in robots.txt",
    userAgent.optional(),
  ),
  header: list("'K: V'", "a header field for every request", headerField),
  proxy: value("URL", "http, https or socks5 proxy", proxyUrl.optional()),
  "allow-private": onOff("permit loopback and private addresses"),
  insecure: onOff("accept untrusted certificates"),
  resolve: list("host:port:address", "address for a name, curl's form; * for any host or port", override),
  timeout: value("S", "seconds for one request in all (default 30)", seconds(86_400).optional()),
  "max-body": value("BYTES", "largest body, as it comes over the wire (default 10m)", bytes.optional()),
  data: dataFlag,
  out: value("FILE.jsonl", "one JSON line for each URL that ended; - for stdout", text.optional()),
  schema: value(
    "FILE",
    "declared fields (YAML or JSON) into the --out lines, see docs/schema.md",
    text.optional(),
  ),
  fields: value("a,b,c", "only these keys of the --out lines", fields.optional()),
  "no-store": onOff("keep nothing but --out"),
  resume: onOff("go on with the unfinished crawl of this folder (the default when the seeds are the same)"),
  fresh: onOff("begin anew, even when an unfinished crawl of these seeds lies in the folder"),
  refresh: onOff("fetch known URLs again, conditionally"),
  "metrics-port": value(
    "PORT",
    "metrics and health on this port (0: any free one)",
    wholeNumber(0, 65_535).optional(),
  ),
  quiet: onOff("no progress lines"),
};

export interface CrawlSpec {
  readonly demo: boolean;
  /** Valid, WHATWG-serialised, in the order given, each once. */
  readonly seeds: readonly string[];
  /** Absolute file names, or "-". */
  readonly lists: readonly string[];
  readonly sitemaps: readonly string[];
  readonly depth: number;
  readonly maxPages: number | null;
  readonly scope: (typeof SCOPES)[number];
  readonly include: readonly RegExp[];
  readonly exclude: readonly RegExp[];
  readonly lane: LaneChoice;
  /** Absolute. */
  readonly data: string;
  /** Absolute file name, "-" for stdout, null for none. */
  readonly out: string | null;
  /** File with declared fields, as it was named; null: none. */
  readonly schema: string | null;
  /** null: every key. */
  readonly fields: readonly string[] | null;
  readonly store: boolean;
  readonly begin: "auto" | "resume" | "fresh" | "refresh";
  readonly quiet: boolean;
  /** Up until it is stopped, also when its frontier is empty. */
  readonly stays: boolean;
  /** null: no port for metrics. */
  readonly metricsPort: number | null;
  /** What the flags say of configuration keys, for loadConfig. */
  readonly settings: readonly { readonly path: string; readonly value: unknown; readonly flag: string }[];
}

type CrawlArgs = Args<typeof crawlFlags>;

interface Key {
  readonly path: string;
  /** The key's value, where it is not the flag's own. */
  readonly of?: (value: never) => unknown;
}

/** The flags that stand for a configuration key; given ones win over files and environment. */
const KEYS: Readonly<Partial<Record<keyof typeof crawlFlags, Key>>> = {
  concurrency: { path: "fetch.concurrencyMax" },
  "per-host": { path: "frontier.hostInFlightMax" },
  delay: { path: "frontier.delayMs" },
  "no-robots": { path: "frontier.robots", of: (off: boolean) => !off },
  timeout: { path: "fetch.timeoutMs", of: (seconds: number) => Math.round(seconds * 1000) },
  "max-body": { path: "fetch.bodyBytesMax" },
  "user-agent": { path: "fetch.userAgent" },
  header: { path: "fetch.headers" },
  "allow-private": { path: "net.allowPrivate" },
  insecure: { path: "net.insecure" },
  resolve: { path: "net.resolve" },
  proxy: { path: "net.proxy" },
};

export function crawlSpec(args: CrawlArgs, cwd: string): Result<CrawlSpec, string> {
  const { flags, given, positionals } = args;
  const seeds = parseSeeds(positionals, "");
  if (!seeds.ok) return seeds;
  const sitemaps = parseSeeds(flags.sitemap, "--sitemap ");
  if (!sitemaps.ok) return sitemaps;
  const clash = conflict(args);
  if (clash !== null) return err(clash);
  const lists = flags.list.map((file) => (file === "-" ? file : resolve(cwd, file)));
  const out = flags.out === undefined || flags.out === "-" ? flags.out : resolve(cwd, flags.out);
  const wrong =
    unreadableList(lists) ?? unwritable("--out", out) ?? notAFolder("--data", resolve(cwd, flags.data));
  if (wrong !== null) return err(wrong);
  return ok({
    demo: flags.demo,
    seeds: seeds.value,
    lists,
    sitemaps: sitemaps.value,
    depth: flags.depth ?? (lists.length > 0 ? 0 : 3),
    maxPages: flags["max-pages"] ?? null,
    scope: flags.scope,
    include: flags.include,
    exclude: flags.exclude,
    lane: flags.lane,
    data: resolve(cwd, flags.data),
    out: out ?? null,
    schema: flags.schema ?? null,
    fields: flags.fields ?? null,
    store: !flags["no-store"],
    begin: flags.fresh ? "fresh" : flags.refresh ? "refresh" : flags.resume ? "resume" : "auto",
    quiet: flags.quiet,
    stays: false,
    metricsPort: flags["metrics-port"] ?? null,
    settings: settingsOf(flags, given),
  });
}

/** What these flags, or some of them, say of configuration keys. */
export function settingsOf(flags: object, given: ReadonlySet<string>): CrawlSpec["settings"] {
  const settings: { path: string; value: unknown; flag: string }[] = [];
  for (const [name, key] of Object.entries(KEYS)) {
    if (!given.has(name)) continue;
    const flagged: unknown = Reflect.get(flags, name);
    // Each `of` stands beside the flag whose schema gives what it takes.
    const value = key.of === undefined ? flagged : key.of(flagged as never);
    settings.push({ path: key.path, value, flag: `--${name}` });
  }
  return settings;
}

function parseSeeds(written: readonly string[], what: string): Result<string[], string> {
  const urls = new Set<string>();
  for (const seed of written) {
    const url = seedUrl(seed);
    if (!url.ok) return err(`${what}${JSON.stringify(seed)} ${url.error}`);
    urls.add(url.value);
  }
  return ok([...urls]);
}

function conflict({ flags, positionals }: CrawlArgs): string | null {
  const begins = (["resume", "fresh", "refresh"] as const).filter((name) => flags[name]);
  if (begins.length > 1) return `--${begins.join(" and --")} exclude each other`;
  const hasSeeds = positionals.length + flags.list.length + flags.sitemap.length > 0;
  if (flags.demo && hasSeeds) return "--demo brings its own web: give no URL, --list or --sitemap with it";
  if (!flags.demo && !hasSeeds && !flags.resume)
    return "nothing to crawl: give a URL, --list, --sitemap or --demo";
  if (flags["no-store"] && flags.out === undefined)
    return "--no-store keeps nothing without --out FILE.jsonl";
  if (flags.schema !== undefined && flags.out === undefined)
    return "--schema fills keys of --out lines: give --out too";
  const declared = flags.fields?.find((name) => DECLARED_FIELDS.includes(name));
  if (declared !== undefined && flags.schema === undefined)
    return `--fields ${declared} is filled by --schema FILE alone: give it too`;
  if (flags.fields !== undefined && flags.out === undefined)
    return "--fields chooses keys of --out lines: give --out too";
  return null;
}

function unreadableList(files: readonly string[]): string | null {
  if (files.filter((file) => file === "-").length > 1) return "--list -: stdin can be read once only";
  for (const file of files) {
    if (file === "-") continue;
    const shown = `--list ${JSON.stringify(file)}`;
    try {
      accessSync(file, constants.R_OK);
      if (statSync(file).isDirectory()) return `${shown}: is a folder; a file is wanted`;
    } catch (thrown) {
      return `${shown}: cannot be read (${describe(thrown)})`;
    }
  }
  return null;
}

export function unwritable(flag: string, file: string | undefined): string | null {
  if (file === undefined || file === "-") return null;
  const shown = `${flag} ${JSON.stringify(file)}`;
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true)
    return `${shown}: is a folder; a file is wanted`;
  const folder = dirname(file);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    return `${shown}: the folder ${folder} does not exist`;
  return null;
}

function notAFolder(flag: string, path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.isDirectory()) return null;
  return `${flag} ${JSON.stringify(path)}: is a file; a folder is wanted`;
}
