// The An+B of `:nth-child` and its like (CSS Syntax, section 6), as a test of a place that counts from 1.

const AN_PLUS_B = /^([+-]?\d{0,6})n(?:\s*([+-])\s*(\d{1,6}))?$/;

/** Null for what is no An+B. */
export function nthTest(text: string): ((place: number) => boolean) | null {
  const given = text.trim().toLowerCase();
  if (given === "odd") return (place) => place % 2 === 1;
  if (given === "even") return (place) => place % 2 === 0;
  if (/^[+-]?\d{1,6}$/.test(given)) {
    const wanted = Number(given);
    return (place) => place === wanted;
  }
  const match = AN_PLUS_B.exec(given);
  if (match === null) return null;
  const [, factor = "", sign = "+", rest = "0"] = match;
  const step = factor === "" || factor === "+" ? 1 : factor === "-" ? -1 : Number(factor);
  const offset = sign === "-" ? -Number(rest) : Number(rest);
  if (step === 0) return (place) => place === offset;
  return (place) => (place - offset) % step === 0 && (place - offset) / step >= 0;
}
