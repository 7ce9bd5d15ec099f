// Robots meta tags and X-Robots-Tag headers, joined: what any of them forbids our agent is forbidden.
import type { RobotsDirectives } from "../model/index.ts";

/** Directives that take a value after a colon and so are no agent's name. */
const VALUED = new Set(["max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"]);

export interface RobotsSources {
  /** Name and content of meta elements, names in lower case. */
  readonly metas: readonly (readonly [name: string, content: string])[];
  /** Every X-Robots-Tag field value. */
  readonly headers: readonly string[];
  /** Our product token ("millrace"), any case. */
  readonly agent: string;
}

export function robotsDirectives(sources: RobotsSources): RobotsDirectives {
  const agent = sources.agent.toLowerCase();
  const said = new Set<string>();
  for (const [name, content] of sources.metas) {
    if (name === "robots" || name === agent) addDirectives(content, said);
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
  const none = said.has("none");
  return {
    noindex: none || said.has("noindex"),
    nofollow: none || said.has("nofollow"),
    noarchive: said.has("noarchive") || said.has("nocache"),
    nosnippet: said.has("nosnippet"),
  };
}

function addDirectives(text: string, into: Set<string>): void {
  for (const directive of text.toLowerCase().split(/[\s,;]+/)) if (directive !== "") into.add(directive);
}
