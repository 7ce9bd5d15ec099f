// A bounded row of samples of one figure and its shape as an SVG path. Knows no page.

/** Ten minutes of one a second. */
export const SAMPLES_MAX = 600;

export type Series = readonly number[];

export const withSample = (series: Series, value: number): Series => [
  ...series.slice(Math.max(0, series.length + 1 - SAMPLES_MAX)),
  value,
];

/** Rate a second from two readings of a counter; null where it began anew or no time passed. */
export function rateOf(
  before: { readonly value: number; readonly atMs: number } | undefined,
  after: { readonly value: number; readonly atMs: number },
): number | null {
  if (before === undefined || after.atMs <= before.atMs || after.value < before.value) return null;
  return ((after.value - before.value) * 1_000) / (after.atMs - before.atMs);
}

export interface Shape {
  readonly line: string;
  readonly area: string;
  readonly max: number;
}

/** Newest at the right edge; the width is that of `samples` many, so that a young series does not stretch. */
export function shapeOf(
  series: Series,
  box: { readonly width: number; readonly height: number; readonly samples: number },
): Shape {
  const shown = series.slice(-box.samples);
  const max = Math.max(1, ...shown);
  const step = box.width / Math.max(1, box.samples - 1);
  const left = box.width - step * (shown.length - 1);
  const points = shown.map((value, index) => {
    const x = left + index * step;
    const y = box.height - 1 - (Math.max(0, value) / max) * (box.height - 2);
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  if (points.length === 0) return { line: "", area: "", max };
  const line = `M${points.join("L")}`;
  return { line, area: `${line}L${box.width} ${box.height}L${left.toFixed(1)} ${box.height}Z`, max };
}
