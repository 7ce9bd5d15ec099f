// Builds the web console into dist/console: compiles its modules, sets the four libraries beside them with every specifier made
// relative (so that no import map, and no inline script, is needed), joins the style sheets and fills index.html.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";

/** Specifier → [file under node_modules, name under vendor/, what is appended]. */
const LIBRARIES = {
  preact: ["preact/dist/preact.mjs", "preact.js"],
  "preact/hooks": ["preact/hooks/dist/hooks.mjs", "preact-hooks.js"],
  "preact/jsx-runtime": ["preact/jsx-runtime/dist/jsxRuntime.mjs", "preact-jsx.js"],
  "@preact/signals": ["@preact/signals/dist/signals.mjs", "signals.js"],
  "@preact/signals-core": ["@preact/signals-core/dist/signals-core.mjs", "signals-core.js"],
  marked: ["marked/lib/marked.esm.js", "marked.js"],
  // Its ES build is three times as large, being not minified; this one leaves its name on the global object.
  dompurify: ["dompurify/dist/purify.min.js", "dompurify.js", "\nexport default globalThis.DOMPurify;\n"],
};
/** Loaded with the first page that shows Markdown. */
const LATE = ["vendor/marked.js", "vendor/dompurify.js"];

export function buildConsole({ root, node, compiler }) {
  const source = join(root, "src", "api", "console");
  const target = join(root, "dist", "console");
  execFileSync(node, [compiler, "-p", join(source, "tsconfig.json")], { stdio: "inherit", cwd: root });
  mkdirSync(join(target, "vendor"), { recursive: true });
  for (const [file, name, more = ""] of Object.values(LIBRARIES)) {
    const text = readFileSync(join(root, "node_modules", file), "utf8");
    const code = text.replace(/\/\/# sourceMappingURL=.*/g, "") + more;
    writeFileSync(join(target, "vendor", name), code);
  }
  const modules = filesBelow(target, ".js");
  for (const module of modules) {
    const path = join(target, module);
    const code = relinked(readFileSync(path, "utf8"), posix.dirname(module));
    writeFileSync(path, module.startsWith("vendor/") ? code : unindented(code));
  }
  const styles = filesBelow(join(source, "style"), ".css").map((file) => `style/${file}`);
  writeFileSync(
    join(target, "console.css"),
    styles.map((file) => unindented(readFileSync(join(source, file), "utf8"))).join("\n"),
  );
  cpSync(join(source, "icon.svg"), join(target, "icon.svg"));
  // Told at once, the browser fetches all modules together instead of one floor of imports after the other.
  const preloads = modules.filter((module) => !LATE.includes(module) && module !== "page/main.js");
  const lines = preloads.map((module) => `<link rel="modulepreload" href="./${module}">`).join("\n    ");
  const page = readFileSync(join(source, "index.html"), "utf8").replace("<!-- modules -->", () => lines);
  writeFileSync(join(target, "index.html"), page);
}

/** Relative paths, in order. No glob: npm runs this under Node 20 too. */
function filesBelow(folder, ending) {
  return readdirSync(folder, { recursive: true })
    .map((file) => String(file).replaceAll("\\", "/"))
    .filter((file) => file.endsWith(ending))
    .sort();
}

/** A third of the bytes; no text of the console spans lines within quotes. */
const unindented = (code) => code.replace(/^[ \t]+|\n(?=\n)/gm, "");

/** The module with every library's name made a path from its folder. */
function relinked(code, folder) {
  return code.replace(
    /(\bfrom\s*|\bimport\s*\(?\s*)(["'])([^"'./][^"']*)\2/g,
    (whole, keyword, quote, name) => {
      const library = LIBRARIES[name];
      if (library === undefined) return whole;
      const path = posix.relative(folder, `vendor/${library[1]}`);
      return `${keyword}${quote}${path.startsWith(".") ? path : `./${path}`}${quote}`;
    },
  );
}
