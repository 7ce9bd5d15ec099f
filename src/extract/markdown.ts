// Content to GitHub-flavoured Markdown (CommonMark 0.31 with GFM tables, task lists, strikethrough and footnotes), straight from the tree:
// what it is given and what comes out. What is content is decided elsewhere.
import { keepShape } from "./kept-shape.ts";
import type { Content } from "./main-content.ts";
import { BlockWriter } from "./markdown-blocks.ts";
import { joined } from "./markdown-list.ts";
import { Notes } from "./markdown-notes.ts";
import type { MarkdownSettings } from "./markdown-settings.ts";

export function toMarkdown(content: Content, settings: MarkdownSettings): string {
  const notes = new Notes(content, settings.byId);
  const writer = new BlockWriter(content.skip, settings, notes, 0);
  for (const root of content.roots) writer.block(root);
  return joined(writer.blocks());
}

const NOTHING = { roots: [], skip: () => false, titleHeading: null };
const SETTINGS = { base: "", nestingMax: 0, cellsMax: 0, whole: false, math: false, byId: () => new Map() };
keepShape(new BlockWriter(NOTHING.skip, SETTINGS, new Notes(NOTHING, SETTINGS.byId), 0));
