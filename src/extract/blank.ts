// Which texts are white space and nothing else, as HTML has it.

const TAB = 9;
const LF = 10;
const FF = 12;
const CR = 13;
const SPACE = 32;
const NBSP = 0xa0;

/** Nothing but white space there, no-break spaces included. */
export function isBlank(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const unit = text.charCodeAt(at);
    if (unit !== SPACE && unit !== LF && unit !== TAB && unit !== CR && unit !== FF && unit !== NBSP)
      return false;
  }
  return true;
}
