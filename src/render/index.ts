// Floor 3, render: pages as a browser shows them. A browser pool behind one call, and which browser that is.
export { type FoundBrowser, findBrowser, isOnPath } from "./browser-found.ts";
export { playwrightInstaller } from "./browser-installer.ts";
export type { RenderOptions } from "./options.ts";
export { recipeBook } from "./recipe-book.ts";
export { createRenderer, type Renderer } from "./renderer.ts";
