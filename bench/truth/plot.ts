// The judgement as a picture: what each router gets wrong either way as its line moves, and its errors family by family. SVG by hand,
// no library; knows only the numbers it is given.
import type { FamilyErrors } from "./report.ts";

/** A router at one place of its line, as shares of the pages: needed and not shown, shown for nothing. */
export interface Point {
  readonly wrongFast: number;
  readonly wrongRich: number;
}

export interface Curve {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly Point[];
  /** Where the router stands as it is shipped. */
  readonly shipped: Point;
}

const WIDTH = 940;
const PLOT = { left: 60, top: 56, width: 360, height: 340 };
const BARS = { left: 560, top: 56, width: 340 };
const ROW = 22;
const TEXT = 'font-family="system-ui,sans-serif" font-size="12" fill="#333"';

const percent = (share: number): string => `${Math.round(100 * share)} %`;
const n = (value: number): string => String(Math.round(10 * value) / 10);
const text = (x: number, y: number, words: string, more = ""): string =>
  `<text x="${n(x)}" y="${n(y)}" ${TEXT}${more}>${words}</text>`;

/** `families`: those judged, most errors first or in any order. */
export function picture(curves: readonly Curve[], families: readonly FamilyErrors[]): string {
  const height = Math.max(PLOT.top + PLOT.height + 60, BARS.top + families.length * ROW + 40);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Errors of the plain table and of the learned router">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    ...trade(curves),
    ...bars(
      families,
      curves.map(({ colour }) => colour),
    ),
    "</svg>\n",
  ].join("\n");
}

function trade(curves: readonly Curve[]): string[] {
  const points = curves.flatMap(({ points, shipped }) => [...points, shipped]);
  const most = (of: (point: Point) => number): number =>
    Math.max(0.1, Math.ceil(10 * Math.max(...points.map(of))) / 10);
  const [mostRich, mostFast] = [most(({ wrongRich }) => wrongRich), most(({ wrongFast }) => wrongFast)];
  const x = ({ wrongRich }: Point): number => PLOT.left + (wrongRich / mostRich) * PLOT.width;
  const y = ({ wrongFast }: Point): number => PLOT.top + PLOT.height - (wrongFast / mostFast) * PLOT.height;
  const at = (point: Point): string => `${n(x(point))},${n(y(point))}`;
  const parts = [
    text(PLOT.left, 28, "Unseen frameworks, as the line moves (● shipped)", ' font-weight="bold"'),
  ];
  for (let tick = 0; tick <= 4; tick++) {
    const [rich, fast] = [(mostRich * tick) / 4, (mostFast * tick) / 4];
    const [tickX, tickY] = [x({ wrongRich: rich, wrongFast: 0 }), y({ wrongRich: 0, wrongFast: fast })];
    parts.push(
      `<path d="M${n(tickX)} ${PLOT.top}V${PLOT.top + PLOT.height}M${PLOT.left} ${n(tickY)}H${PLOT.left + PLOT.width}" stroke="#e4e4e4" fill="none"/>`,
      text(tickX, PLOT.top + PLOT.height + 18, percent(rich), ' text-anchor="middle"'),
      text(PLOT.left - 8, tickY + 4, percent(fast), ' text-anchor="end"'),
    );
  }
  parts.push(
    text(
      PLOT.left + PLOT.width / 2,
      PLOT.top + PLOT.height + 40,
      "shown to the browser for nothing",
      ' text-anchor="middle"',
    ),
    text(
      0,
      0,
      "needed the browser, read without",
      ` text-anchor="middle" transform="translate(16 ${PLOT.top + PLOT.height / 2}) rotate(-90)"`,
    ),
  );
  for (const [index, { name, colour, points: line, shipped }] of curves.entries()) {
    parts.push(
      `<polyline points="${line.map(at).join(" ")}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      `<circle cx="${n(x(shipped))}" cy="${n(y(shipped))}" r="5" fill="${colour}"/>`,
      text(
        PLOT.left + PLOT.width - 8,
        PLOT.top + 18 + 18 * index,
        name,
        ` text-anchor="end" style="fill:${colour}"`,
      ),
    );
  }
  return parts;
}

function bars(
  families: readonly FamilyErrors[],
  [table = "#888", learned = "#000"]: readonly string[],
): string[] {
  const parts = [
    text(BARS.left - 80, 28, "Errors of the pages, by framework (learning on)", ' font-weight="bold"'),
  ];
  for (const [index, { family, pages, table: byTable, learned: byLearned }] of families.entries()) {
    const top = BARS.top + index * ROW;
    parts.push(text(BARS.left - 8, top + 13, family, ' text-anchor="end"'));
    const longest = Math.max(byTable, byLearned) / pages;
    parts.push(text(BARS.left + longest * BARS.width + 8, top + 13, `${byTable}, ${byLearned} of ${pages}`));
    for (const [at, [errors, colour]] of (
      [
        [byTable, table],
        [byLearned, learned],
      ] as const
    ).entries()) {
      const width = Math.max(1, (errors / pages) * BARS.width);
      parts.push(
        `<rect x="${BARS.left}" y="${top + 8 * at}" width="${n(width)}" height="7" fill="${colour}"/>`,
      );
    }
  }
  return parts;
}
