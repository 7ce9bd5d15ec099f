// A regular expression as a program for a machine that never goes back (Thompson, Pike): literals, classes, groups, alternatives, greedy and
// lazy repeats, anchors. What no such machine can do (look-around, back references) is refused. Runs nothing.
import { err, ok, type Result } from "../../base/index.ts";

export type Instruction =
  | { readonly op: "char"; readonly test: (codePoint: number) => boolean }
  | { readonly op: "split"; first: number; second: number }
  | { readonly op: "jump"; to: number }
  | { readonly op: "save"; readonly slot: number }
  | { readonly op: "assert"; readonly what: "start" | "end" | "word" | "noword" }
  | { readonly op: "match" };

export interface PatternProgram {
  readonly instructions: readonly Instruction[];
  /** Capturing groups, the whole (0) not counted. */
  readonly groups: number;
  readonly names: ReadonlyMap<string, number>;
  readonly multiline: boolean;
}

/** Repeats are written out, so that `(a{100}){100}` is too much. */
const INSTRUCTIONS_MAX = 2_000;
const PATTERN_CHARS_MAX = 1_000;

class PatternProblem extends Error {}

/** `flags`: of i, m, s, u. */
export function compilePattern(source: string, flags: string): Result<PatternProgram, string> {
  if (source.length > PATTERN_CHARS_MAX) return err(`more than ${PATTERN_CHARS_MAX} characters`);
  if (!/^[imsu]*$/.test(flags)) return err(`flags "${flags}": known are i, m, s and u`);
  try {
    // What JavaScript does not take is no expression here either; its message is better than ours.
    new RegExp(source, flags);
    const parser = new Parser(source, flags);
    return ok(parser.program());
  } catch (thrown) {
    if (thrown instanceof PatternProblem) return err(thrown.message);
    if (thrown instanceof SyntaxError)
      return err(thrown.message.replace(/^Invalid regular expression: /, ""));
    throw thrown;
  }
}

type Emit = () => void;

class Parser {
  readonly #source: string;
  readonly #flags: string;
  readonly #out: Instruction[] = [];
  readonly #names = new Map<string, number>();
  #groups = 0;
  #at = 0;

  constructor(source: string, flags: string) {
    this.#source = source;
    this.#flags = flags;
  }

  program(): PatternProgram {
    const body = this.#alternatives();
    if (this.#at < this.#source.length) throw new PatternProblem(`")" without "("`);
    this.#push({ op: "save", slot: 0 });
    body();
    this.#push({ op: "save", slot: 1 });
    this.#push({ op: "match" });
    return {
      instructions: this.#out,
      groups: this.#groups,
      names: this.#names,
      multiline: this.#flags.includes("m"),
    };
  }

  #push<T extends Instruction>(instruction: T): T {
    if (this.#out.length >= INSTRUCTIONS_MAX) throw new PatternProblem("repeats more than can be checked");
    this.#out.push(instruction);
    return instruction;
  }

  #alternatives(): Emit {
    const branches = [this.#sequence()];
    while (this.#source[this.#at] === "|") {
      this.#at++;
      branches.push(this.#sequence());
    }
    const [only] = branches;
    if (only !== undefined && branches.length === 1) return only;
    return () => {
      const ends: { to: number }[] = [];
      for (const [index, branch] of branches.entries()) {
        if (index === branches.length - 1) {
          branch();
          break;
        }
        const split = this.#push({ op: "split", first: this.#out.length + 1, second: 0 });
        branch();
        ends.push(this.#push({ op: "jump", to: 0 }));
        split.second = this.#out.length;
      }
      for (const end of ends) end.to = this.#out.length;
    };
  }

  #sequence(): Emit {
    const parts: Emit[] = [];
    while (this.#at < this.#source.length && !"|)".includes(this.#source[this.#at] ?? "")) {
      const atom = this.#atom();
      parts.push(this.#repeated(atom));
    }
    return () => {
      for (const part of parts) part();
    };
  }

  #repeated(atom: Emit): Emit {
    const match = /^(?:([*+?])|\{(\d{1,4})(?:(,)(\d{0,4}))?\})(\?)?/.exec(this.#source.slice(this.#at));
    if (match === null) return atom;
    this.#at += match[0].length;
    const [, sign, least, comma, most, lazy] = match;
    const min = sign === undefined ? Number(least) : sign === "+" ? 1 : 0;
    const max =
      sign === undefined
        ? comma === undefined
          ? min
          : most === "" || most === undefined
            ? Number.POSITIVE_INFINITY
            : Number(most)
        : sign === "?"
          ? 1
          : Number.POSITIVE_INFINITY;
    return () => this.#emitRepeat(atom, min, max, lazy !== undefined);
  }

  #emitRepeat(atom: Emit, min: number, max: number, lazy: boolean): void {
    for (let count = 0; count < min; count++) atom();
    const open = (): { first: number; second: number } => this.#push({ op: "split", first: 0, second: 0 });
    const aim = (split: { first: number; second: number }, inside: number, past: number): void => {
      split.first = lazy ? past : inside;
      split.second = lazy ? inside : past;
    };
    if (max === Number.POSITIVE_INFINITY) {
      const at = this.#out.length;
      const split = open();
      atom();
      this.#push({ op: "jump", to: at });
      aim(split, at + 1, this.#out.length);
      return;
    }
    const splits: { split: { first: number; second: number }; inside: number }[] = [];
    for (let count = min; count < max; count++) {
      const split = open();
      splits.push({ split, inside: this.#out.length });
      atom();
    }
    for (const { split, inside } of splits) aim(split, inside, this.#out.length);
  }

  #atom(): Emit {
    const char = this.#source[this.#at] ?? "";
    if (char === "(") return this.#group();
    if (char === "^" || char === "$") {
      this.#at++;
      return () => this.#push({ op: "assert", what: char === "^" ? "start" : "end" });
    }
    if (char === "\\" && /[bB]/.test(this.#source[this.#at + 1] ?? "")) {
      const what = this.#source[this.#at + 1] === "b" ? "word" : "noword";
      this.#at += 2;
      return () => this.#push({ op: "assert", what });
    }
    const text = this.#oneCharacter();
    const test = characterTest(text, this.#flags);
    return () => this.#push({ op: "char", test });
  }

  #group(): Emit {
    this.#at++;
    const rest = this.#source.slice(this.#at, this.#at + 120);
    if (/^\?<?[=!]/.test(rest))
      throw new PatternProblem("looks ahead or behind, which takes no bounded time");
    const name = /^\?<([\p{L}_$][\p{L}\p{N}_$]{0,60})>/u.exec(rest);
    const isPlain = rest.startsWith("?:");
    if (rest.startsWith("?") && !isPlain && name === null)
      throw new PatternProblem(`a group "(${rest.slice(0, 3)}" is not known`);
    let slot = 0;
    if (isPlain) this.#at += 2;
    else {
      slot = ++this.#groups;
      if (name !== null) {
        this.#at += name[0].length;
        this.#names.set(name[1] ?? "", slot);
      }
    }
    const body = this.#alternatives();
    this.#at++;
    if (slot === 0) return body;
    return () => {
      this.#push({ op: "save", slot: 2 * slot });
      body();
      this.#push({ op: "save", slot: 2 * slot + 1 });
    };
  }

  /** The text of what matches one character: a literal, an escape, a class or the dot. */
  #oneCharacter(): string {
    const rest = this.#source.slice(this.#at);
    if (/^\\(?:[1-9]|k<)/.test(rest))
      throw new PatternProblem("refers back to a group, which takes no bounded time");
    const match =
      /^(?:\\u\{[\da-f]{1,6}\}|\\u[\da-f]{4}|\\x[\da-f]{2}|\\[pP]\{[^}]{1,60}\}|\\c[a-z]|\\.|\[(?:\\.|[^\]\\])*\]|[\s\S])/iu.exec(
        rest,
      );
    const text = match?.[0] ?? "";
    this.#at += text.length;
    return text;
  }
}

/** By JavaScript's own rules, asked for one character; answers for ASCII are remembered. */
function characterTest(text: string, flags: string): (codePoint: number) => boolean {
  const ignoring = flags.includes("i") ? "i" : "";
  const dotAll = flags.includes("s") ? "s" : "";
  if (ignoring === "" && [...text].length === 1 && !".\\[".includes(text)) {
    const only = text.codePointAt(0);
    return (codePoint) => codePoint === only;
  }
  const source = /^[\\[.]/.test(text) ? text : text.replace(/[{}()[\]/|?*+^$]/, "\\$&");
  let expression: RegExp;
  try {
    expression = new RegExp(`^(?:${source})$`, `u${ignoring}${dotAll}`);
  } catch {
    // "\-" and the like stand for themselves only without u.
    expression = new RegExp(`^(?:${source})$`, `${ignoring}${dotAll}`);
  }
  const known = new Int8Array(128);
  return (codePoint) => {
    if (codePoint >= 128) return expression.test(String.fromCodePoint(codePoint));
    if (known[codePoint] === 0) known[codePoint] = expression.test(String.fromCharCode(codePoint)) ? 1 : -1;
    return known[codePoint] === 1;
  };
}
