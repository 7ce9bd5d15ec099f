// Matching one path against the rules of one product token: longest pattern wins, Allow wins a tie (RFC 9309 section
// 2.2.2). Time is linear in path and pattern whatever the stars, since both come from strangers. It knows no file syntax.

interface Rule {
  readonly allow: boolean;
  readonly pattern: string;
  readonly line: number;
}

export interface RobotsDecision {
  readonly allowed: boolean;
  /** 1-based line of the rule that decided; null where none spoke. */
  readonly line: number | null;
}

interface CompiledRule {
  readonly allow: boolean;
  readonly line: number;
  readonly priority: number;
  readonly glob: Glob;
  /** For a Disallow with needlessly escaped characters: the same with them plain, which RFC 9309 takes for equal. */
  readonly plainGlob: Glob | null;
}

/** Best rule first, so that the first match decides. */
export type CompiledRules = readonly CompiledRule[];

export function compile(rules: readonly Rule[]): CompiledRules {
  return rules
    .filter((rule) => rule.pattern !== "")
    .map(({ allow, line, pattern }) => {
      const plain = allow ? pattern : decodeUnreserved(pattern);
      return {
        allow,
        line,
        priority: pattern.length,
        glob: globOf(pattern),
        plainGlob: plain === pattern ? null : globOf(plain),
      };
    })
    .sort((a, b) => b.priority - a.priority || Number(b.allow) - Number(a.allow) || a.line - b.line);
}

export function decide(rules: CompiledRules, path: string): RobotsDecision {
  // The file itself is always allowed (RFC 9309 section 2.2.2).
  if (rules.length === 0 || path === "/robots.txt") return { allowed: true, line: null };
  // An escaped letter must not open what its plain form closes: a Disallow is tried on both forms, an Allow only on the one sent.
  const plainPath = decodeUnreserved(path);
  const isPlain = plainPath === path;
  for (const rule of rules) {
    const isHit =
      matchesGlob(rule.glob, path) ||
      (!rule.allow &&
        ((!isPlain && matchesGlob(rule.glob, plainPath)) ||
          (rule.plainGlob !== null && matchesGlob(rule.plainGlob, plainPath))));
    if (isHit) return { allowed: rule.allow, line: rule.line };
  }
  return { allowed: true, line: null };
}

/** A pattern cut at its stars. */
interface Glob {
  readonly head: string;
  readonly parts: readonly Needle[];
  /** What the path must end with; null without a closing `$`. */
  readonly tail: string | null;
}

interface Needle {
  readonly text: string;
  /** Knuth-Morris-Pratt table, for texts long enough that naive search could turn quadratic. */
  readonly failure: Int32Array | null;
}

const NAIVE_LENGTH_MAX = 32;

function globOf(pattern: string): Glob {
  const isAnchored = pattern.endsWith("$");
  const texts = (isAnchored ? pattern.slice(0, -1) : pattern).split("*");
  const head = texts.shift() ?? "";
  // Without a star before it, "$" asks for equality: head is the whole pattern and tail the empty rest.
  const tail = isAnchored ? (texts.pop() ?? null) : null;
  const isExact = isAnchored && tail === null;
  return {
    head,
    parts: texts.filter((text) => text !== "").map(needleOf),
    tail: isExact ? EXACT : tail,
  };
}

/** Marks "nothing may follow the head"; no tail text can equal it, since patterns hold no line end. */
const EXACT = "\n";

function matchesGlob(glob: Glob, path: string): boolean {
  if (!path.startsWith(glob.head)) return false;
  let at = glob.head.length;
  if (glob.tail === EXACT) return at === path.length;
  for (const part of glob.parts) {
    const foundAt = indexOf(path, part, at);
    if (foundAt === -1) return false;
    at = foundAt + part.text.length;
  }
  return glob.tail === null || (path.length - glob.tail.length >= at && path.endsWith(glob.tail));
}

function needleOf(text: string): Needle {
  if (text.length <= NAIVE_LENGTH_MAX) return { text, failure: null };
  const failure = new Int32Array(text.length);
  for (let at = 1, matched = 0; at < text.length; at++) {
    while (matched > 0 && text.charCodeAt(at) !== text.charCodeAt(matched))
      matched = failure[matched - 1] ?? 0;
    if (text.charCodeAt(at) === text.charCodeAt(matched)) matched++;
    failure[at] = matched;
  }
  return { text, failure };
}

function indexOf(path: string, { text, failure }: Needle, fromAt: number): number {
  if (failure === null) return path.indexOf(text, fromAt);
  for (let at = fromAt, matched = 0; at < path.length; at++) {
    while (matched > 0 && path.charCodeAt(at) !== text.charCodeAt(matched))
      matched = failure[matched - 1] ?? 0;
    if (path.charCodeAt(at) === text.charCodeAt(matched)) matched++;
    if (matched === text.length) return at - text.length + 1;
  }
  return -1;
}

/** Escapes of ALPHA, DIGIT, "-", ".", "_" and "~" written plain; all others upper case. */
function decodeUnreserved(text: string): string {
  if (!text.includes("%")) return text;
  return text.replace(/%[0-9a-fA-F]{2}/g, (octet) => {
    const char = String.fromCharCode(Number.parseInt(octet.slice(1), 16));
    return /[A-Za-z0-9._~-]/.test(char) ? char : octet.toUpperCase();
  });
}
