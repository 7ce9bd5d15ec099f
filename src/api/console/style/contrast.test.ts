import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const css = readFileSync(new URL("./1-base.css", import.meta.url), "utf8");
const palettes = [...css.matchAll(/:root[^{]*\{([^}]*--ground[^}]*)\}/g)].map(
  ([, body = ""]) =>
    new Map(
      [...body.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name = "", value = ""]) => [name, value]),
    ),
);

/** WCAG 2.2, relative luminance. */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const GROUNDS = ["ground", "surface", "sunken"];
const PAIRS: readonly (readonly [string, string])[] = [
  ...["text", "muted", "accent", "good", "bad"].flatMap((name) =>
    GROUNDS.map((ground) => [name, ground] as const),
  ),
  ["good", "good-soft"],
  ["bad", "bad-soft"],
  ["text", "bad-soft"],
  ["busy", "busy-soft"],
  ["busy", "sunken"],
  ["wait", "wait-soft"],
  ["wait", "sunken"],
  ["accent-strong", "accent-soft"],
  ["on-accent", "accent"],
  ["on-accent", "accent-strong"],
  ["ground", "text"],
  ["ground", "bad"],
];

test("text stands out at least 4.5 to 1 on every ground, in light and in dark (WCAG AA)", () => {
  assert.equal(palettes.length, 3);
  for (const palette of palettes) {
    for (const [text, ground] of PAIRS) {
      const ratio = contrast(palette.get(text) ?? "", palette.get(ground) ?? "");
      assert.ok(ratio >= 4.5, `${text} on ${ground}: ${ratio.toFixed(2)}`);
    }
    // The edge of a field, and the ring around what has the focus.
    for (const name of ["line-strong", "accent"]) {
      const ratio = contrast(palette.get(name) ?? "", palette.get("surface") ?? "");
      assert.ok(ratio >= 3, `${name} on surface: ${ratio.toFixed(2)}`);
    }
  }
});

test("dark by the system and dark by choice are the same colours", () => {
  assert.deepEqual(palettes[1], palettes[2]);
});
