// Lines of seeds that cannot be used: the first ones told one by one, the rest counted.
import type { Failure } from "../model/index.ts";
import { type Io, oneLine } from "./io.ts";

const SHOWN_MAX = 20;

export interface Refusals {
  tell(where: string, text: string, failure: Failure): void;
  tellCount(): void;
}

export function refusals(io: Io, quiet: boolean): Refusals {
  let count = 0;
  return {
    tell(where, text, { code, message }) {
      count++;
      if (quiet || count > SHOWN_MAX) return;
      io.say(`${where}: [${code}] ${oneLine(message)}: ${oneLine(JSON.stringify(text.slice(0, 200)))}`);
    },
    tellCount() {
      if (count > 0 && !quiet)
        io.say(`${count} given ${count === 1 ? "line was" : "lines were"} no URL and left out`);
    },
  };
}
