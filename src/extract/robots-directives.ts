// Robots meta tags and X-Robots-Tag headers, joined: what any of them forbids our agent is forbidden.
import type { RobotsDirectives } from "../model/index.ts";

const KNOWN = new Set(["none", "noindex", "nofollow", "noarchive", "nocache", "nosnippet"]);

/** Directives that take a value after a colon and so are no agent's name. */
const VALUED = new Set(["max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"]);

export interface RobotsSources {
  /** Meta elements, names in lower case. */
  readonly metas: readonly { readonly name: string | null; readonly content: string | null }[];
  /** Every X-Robots-Tag field value. */
  readonly headers: readonly string[];
  /** Our product token ("millrace"), any case. */
  readonly agent: string;
}

export function robotsDirectives(sources: RobotsSources): RobotsDirectives {
  const agent = sources.agent.toLowerCase();
  const said: string[] = [];
  for (const { name, content } of sources.metas) {
    if (content !== null && (name === "robots" || name === agent)) addDirectives(content, said);
  }
  for (const header of sources.headers) {
    // "agent: directives" holds until the next agent; directives before any agent are for all.
    let forUs = true;
    for (const part of header.split(",")) {
      let directive = part.trim();
      const colon = directive.indexOf(":");
      if (colon > 0) {
        const prefix = directive.slice(0, colon).trim().toLowerCase();
        if (!VALUED.has(prefix)) {
          forUs = prefix === agent || prefix === "*" || prefix === "robots";
          directive = directive.slice(colon + 1).trim();
        }
      }
      if (forUs) addDirectives(directive, said);
    }
  }
  const none = said.includes("none");
  return {
    noindex: none || said.includes("noindex"),
    nofollow: none || said.includes("nofollow"),
    noarchive: said.includes("noarchive") || said.includes("nocache"),
    nosnippet: said.includes("nosnippet"),
  };
}

function addDirectives(text: string, into: string[]): void {
  for (const directive of text.toLowerCase().split(/[\s,;]+/))
    if (KNOWN.has(directive) && !into.includes(directive)) into.push(directive);
}
