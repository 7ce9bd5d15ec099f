// Server-sent events from the text of a stream, in whatever pieces it arrives (HTML Standard, 9.2.6). Knows no connection.

export interface ServerEvent {
  /** "message" where the stream names none. */
  readonly name: string;
  readonly data: string;
  /** The last id named so far, to go on from. */
  readonly id: string;
}

/** What one event may hold, in characters; a longer one is left out. */
const EVENT_CHARACTERS_MAX = 4_000_000;

/** Takes pieces, gives the events they complete. */
export function eventReader(): (piece: string) => ServerEvent[] {
  let rest = "";
  let name = "";
  let data: string[] = [];
  let characters = 0;
  let id = "";

  const takeLine = (line: string): ServerEvent | null => {
    if (line === "") {
      const event = data.length === 0 ? null : { name: name || "message", data: data.join("\n"), id };
      const isTooLong = characters > EVENT_CHARACTERS_MAX;
      [name, data, characters] = ["", [], 0];
      return isTooLong ? null : event;
    }
    const colon = line.indexOf(":");
    if (colon === 0) return null; // a comment: keeps the connection open
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") name = value;
    else if (field === "id" && !value.includes("\0")) id = value;
    else if (field === "data") {
      characters += value.length;
      if (characters <= EVENT_CHARACTERS_MAX) data.push(value);
    }
    return null;
  };

  return (piece) => {
    rest += piece;
    const events: ServerEvent[] = [];
    // A CR at the end may be the first half of CRLF: it waits for the next piece.
    for (let end = /\r\n|\n|\r(?!$)/.exec(rest); end !== null; end = /\r\n|\n|\r(?!$)/.exec(rest)) {
      const event = takeLine(rest.slice(0, end.index));
      if (event !== null) events.push(event);
      rest = rest.slice(end.index + end[0].length);
    }
    if (rest.length > EVENT_CHARACTERS_MAX) rest = "";
    return events;
  };
}
