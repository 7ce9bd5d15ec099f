// Where a worker's entry lies: beside the module that names it, .ts when run from source and .js when built.

export function siblingModule(importMetaUrl: string, name: string): URL {
  return new URL(`./${name}${importMetaUrl.endsWith(".ts") ? ".ts" : ".js"}`, importMetaUrl);
}
