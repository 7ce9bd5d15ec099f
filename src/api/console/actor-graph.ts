// Where the actors and the channels between them stand in the drawing: columns in the direction of the flow, in bands that fit a
// page, no two boxes on one spot. Knows who writes what a stage reads, and where the actors of one machine stand best.
import type { Engine, EngineActor, EngineChannel } from "./answers.ts";

export interface Node {
  readonly actor: EngineActor;
  readonly x: number;
  readonly y: number;
}

export interface Edge {
  readonly channel: EngineChannel;
  readonly from: Node;
  readonly to: Node;
  readonly path: string;
  /** Where its figure stands. */
  readonly label: { readonly x: number; readonly y: number };
}

export interface Drawing {
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
  readonly width: number;
  readonly height: number;
}

export const BOX = { width: 116, height: 54 } as const;
const GAP = { x: 42, y: 26 } as const;
const MARGIN = 14;
/** Columns side by side; the next ones go back below them, as the water does. */
const BAND_COLUMNS = 6;
/** Room above a band for channels that pass a column by. */
const OVER = 24;

/** Who writes what a stage reads, by the names the topologies give them. */
const WRITERS: Readonly<Record<string, readonly string[]>> = {
  fetch: ["frontier", "frontier.urgent"],
  process: ["fetch"],
  content: ["process", "render"],
  metadata: ["content"],
  out: ["metadata"],
  "frontier.reports": ["out"],
  "content.rich": ["process"],
  queue: ["content.rich"],
  render_queue: ["queue"],
  render: ["render_queue"],
};

/** Column and row of one machine's actors: the fast lane on a line, the browser's and what is urgent above it, the way back below. */
const PLACES: Readonly<Record<string, readonly [number, number]>> = {
  "frontier.urgent": [0, 0],
  "content.rich": [2, 0],
  queue: [3, 0],
  render_queue: [4, 0],
  render: [5, 0],
  frontier: [0, 1],
  fetch: [1, 1],
  process: [2, 1],
  content: [3, 1],
  metadata: [4, 1],
  out: [5, 1],
  "frontier.reports": [0, 2],
};

/** `writers`: who writes what a stage reads, where the table does not say. */
export function drawingOf(
  { actors, channels }: Pick<Engine, "actors" | "channels">,
  writers: ReadonlyMap<string, readonly string[]> = new Map(),
): Drawing {
  const known = new Map(actors.map((actor) => [actor.name, actor]));
  const links = channels.flatMap((channel) =>
    (WRITERS[channel.to] ?? writers.get(channel.to) ?? [])
      .filter((source) => known.has(source) && known.has(channel.to) && source !== channel.to)
      .map((source) => ({ channel, source, target: channel.to })),
  );
  const linked = new Set(links.flatMap(({ source, target }) => [source, target]));
  const flow = [...known.keys()].filter((name) => linked.has(name));
  const nodes = flow.every((name) => name in PLACES)
    ? gridded(known, flow)
    : banded(known, columnsOf(flow, links));
  besides(known, nodes);
  const edges = links.flatMap(({ channel, source, target }) => {
    const from = nodes.get(source);
    const to = nodes.get(target);
    return from === undefined || to === undefined ? [] : [{ channel, from, to, ...wayOf(from, to) }];
  });
  const all = [...nodes.values()];
  return {
    nodes: all,
    edges,
    width: Math.max(0, ...all.map(({ x }) => x + BOX.width)) + MARGIN,
    height: Math.max(0, ...all.map(({ y }) => y + BOX.height)) + MARGIN,
  };
}

const xOf = (column: number): number => MARGIN + column * (BOX.width + GAP.x);

/** On their places; a row without anyone takes no room. */
function gridded(known: ReadonlyMap<string, EngineActor>, flow: readonly string[]): Map<string, Node> {
  const rows = [...new Set(flow.map((name) => PLACES[name]?.[1] ?? 0))].sort();
  const nodes = new Map<string, Node>();
  for (const name of flow) {
    const actor = known.get(name);
    const [column, row] = PLACES[name] ?? [0, 0];
    const y = MARGIN + rows.indexOf(row) * (BOX.height + GAP.y + OVER);
    if (actor !== undefined) nodes.set(name, { actor, x: xOf(column), y });
  }
  return nodes;
}

/** Bands of columns, every second one backwards. */
function banded(
  known: ReadonlyMap<string, EngineActor>,
  columns: ReadonlyMap<string, number>,
): Map<string, Node> {
  const nodes = new Map<string, Node>();
  let top = MARGIN;
  const bands = Math.ceil((Math.max(-1, ...columns.values()) + 1) / BAND_COLUMNS);
  for (let band = 0; band < bands; band++) {
    const rows = new Map<number, number>();
    for (const [name, column] of columns) {
      const actor = known.get(name);
      if (actor === undefined || Math.floor(column / BAND_COLUMNS) !== band) continue;
      const row = rows.get(column) ?? 0;
      rows.set(column, row + 1);
      const place = column % BAND_COLUMNS;
      nodes.set(name, {
        actor,
        x: xOf(band % 2 === 0 ? place : BAND_COLUMNS - 1 - place),
        y: top + OVER + row * (BOX.height + GAP.y),
      });
    }
    top += OVER + Math.max(1, ...rows.values()) * (BOX.height + GAP.y);
  }
  return nodes;
}

/** Who has no channel stands in rows below the others. */
function besides(known: ReadonlyMap<string, EngineActor>, nodes: Map<string, Node>): void {
  const top = Math.max(MARGIN, ...[...nodes.values()].map(({ y }) => y + BOX.height + GAP.y));
  const others = [...known].filter(([name]) => !nodes.has(name));
  for (const [index, [name, actor]] of others.entries()) {
    const row = Math.floor(index / BAND_COLUMNS);
    nodes.set(name, { actor, x: xOf(index % BAND_COLUMNS), y: top + row * (BOX.height + GAP.y) });
  }
}

/** The longest way to each from one without a writer; a link that closes a circle counts for nothing. */
function columnsOf(
  names: readonly string[],
  links: readonly { readonly source: string; readonly target: string }[],
): Map<string, number> {
  const next = new Map<string, string[]>();
  for (const { source, target } of links) next.set(source, [...(next.get(source) ?? []), target]);
  const columns = new Map<string, number>();
  const place = (name: string, column: number, way: ReadonlySet<string>): void => {
    if (way.has(name) || (columns.get(name) ?? -1) >= column) return;
    columns.set(name, column);
    for (const target of next.get(name) ?? []) place(target, column + 1, new Set([...way, name]));
  };
  const hasWriter = new Set(links.map(({ target }) => target));
  for (const name of names) if (!hasWriter.has(name)) place(name, 0, new Set());
  for (const name of names) if (!columns.has(name)) place(name, 0, new Set());
  return columns;
}

/** The curve from box to box: sideways to a neighbour, over the boxes between, or down to the next band. */
function wayOf(from: Node, to: Node): Pick<Edge, "path" | "label"> {
  const middle = (node: Node): number => node.x + BOX.width / 2;
  const distance = Math.abs(to.x - from.x);
  const isNear = distance > 0 && distance <= BOX.width + GAP.x;
  const fall = Math.abs(to.y - from.y);
  if (isNear && fall <= BOX.height + GAP.y) {
    const isRightward = to.x > from.x;
    const start = isRightward ? from.x + BOX.width : from.x;
    const end = isRightward ? to.x : to.x + BOX.width;
    const [fromY, toY] = [from.y + BOX.height / 2, to.y + BOX.height / 2];
    const half = (start + end) / 2;
    return {
      path: `M${start} ${fromY}C${half} ${fromY} ${half} ${toY} ${end} ${toY}`,
      label: { x: half, y: (fromY + toY) / 2 - 8 },
    };
  }
  const [startX, endX] = [middle(from), middle(to)];
  if (fall === 0 && distance > 0) {
    const over = Math.min(from.y, to.y) - OVER * 0.7;
    return {
      path: `M${startX} ${from.y}C${startX} ${over} ${startX} ${over} ${startX + Math.sign(endX - startX) * 34} ${over}L${endX - Math.sign(endX - startX) * 34} ${over}C${endX} ${over} ${endX} ${over} ${endX} ${to.y}`,
      label: { x: (startX + endX) / 2, y: over - 5 },
    };
  }
  const isDown = to.y > from.y;
  const startY = isDown ? from.y + BOX.height : from.y;
  const endY = isDown ? to.y : to.y + BOX.height;
  const half = (startY + endY) / 2;
  return {
    path: `M${startX} ${startY}C${startX} ${half} ${endX} ${half} ${endX} ${endY}`,
    label: { x: (startX + endX) / 2 + 14, y: half + 4 },
  };
}
