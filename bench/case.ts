// What a case of the bench is and what it hands back: named figures, each with all its samples, paired with the floor or the rival
// reading it is held against. Knows no case and no way of measuring.

export interface Settings {
  /** Repetitions of each figure; the median is what counts. */
  readonly runs: number;
  /** Records, pages or URLs a run works on; null: the case's own choice. */
  readonly count: number | null;
  /** A folder of real pages (`*.html`, `*.html.gz`, at any depth); null: generated ones. */
  readonly corpus: string | null;
  /** What a case keeps from an earlier measurement is measured anew. */
  readonly measure: boolean;
  /** The built program's `main.js`; another build's, to compare two. */
  readonly program: string;
}

export interface Figure {
  readonly name: string;
  /** "CPU s per 1,000 pages", "pages/s", "MiB" … */
  readonly unit: string;
  readonly samples: readonly number[];
  /** The name of the figure of the same case and unit that this one is held against. */
  readonly against?: string;
  /** The most that is good (of what is counted in seconds or bytes), or the least (of what is counted a second). */
  readonly goal?: number;
  /** What `against` times this is the most that is good. */
  readonly ratioGoal?: number;
}

export interface Case {
  /** Its name on the command line. */
  readonly name: string;
  readonly summary: string;
  run(settings: Settings): Promise<readonly Figure[]>;
}

export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
