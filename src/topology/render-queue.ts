// The render queue between the fast and the rich lane, as a piece of a graph: what it takes in, what it gives to the browser,
// and how what came of that ends. Standalone and processor each have one, and say what is told when a page is in it.
//
//   process.rich ─► content.rich ─► queue ─► told      render_queue ─► render ─► processed.final
//                                                                        └───► queue.ends ─► told as ended
import type { Clock } from "../base/index.ts";
import { type Actor, type Channel, Placed, type Runtime, type Stage, type Work } from "../engine/index.ts";
import type { Code, Page, ProcessedPage, StoredPage } from "../model/index.ts";
import type { Log } from "../observe/index.ts";
import { contentStage, type Store, type StoreOptions } from "../store/index.ts";
import { batchAtFailpoint, stageAtFailpoint } from "./failpoints.ts";
import type { Fatal } from "./fatal.ts";
import type { TopologyOptions } from "./options.ts";
import { emit, type ProcessOutput, type ShownPage } from "./process-stage.ts";
import { type Claimed, QueueClaims } from "./queue-claims.ts";
import { addStage, type BareEnd, endStage } from "./queue-stages.ts";
import { claimedBytes, endBytes, pageBytes } from "./sizes.ts";
import { urgentClaims, urgentPages } from "./urgency.ts";

export interface RenderQueueParts<Told> {
  readonly runtime: Runtime;
  readonly store: Store;
  readonly options: StoreOptions;
  readonly limits: TopologyOptions["channels"];
  /** Shows a page, or ends it in another way. Null: this process takes nothing out. */
  readonly render: Stage<ShownPage, ProcessOutput, Code> | null;
  /** No other process has the store. */
  readonly isAlone: boolean;
  /** Says that the queue answers for the page now. */
  tell(page: Page): Told;
  readonly to: {
    readonly told: Channel<Told>;
    readonly processed: Channel<ProcessedPage>;
    readonly ends: readonly Pick<Channel<never>, "register">[];
    placed(end: BareEnd): Placed;
  };
  readonly fatal: Fatal;
  readonly clock: Clock;
  readonly log: Log;
}

export interface RenderQueue {
  /** Where the process stage puts what a browser is to show, as `due`. */
  readonly from: Channel<ProcessedPage>;
  /** Sinks first, each for its lane. */
  readonly intoStore: readonly Actor[];
  readonly pages: readonly Actor[];
  readonly intake: readonly Actor[];
  /** Pages that wait for a browser, as last seen. */
  readonly waiting: number;
  /** Nothing that anybody waits for will be added any more, or is in it. */
  over(): void;
  /** A full queue holds up nothing from now on. */
  drain(): void;
}

export function renderQueue<Told>(parts: RenderQueueParts<Told>): RenderQueue {
  const { runtime, store, options, limits, render, to, fatal, clock } = parts;
  const { metadata } = store;
  const pages = { ...limits.pages, ...urgentPages };
  const from = runtime.channel<ProcessedPage>("process.rich", { ...pages, sizeOf: pageBytes });
  const rows = runtime.channel<StoredPage>("rich.rows", { ...pages, sizeOf: pageBytes });
  const claims = new QueueClaims({
    ...parts,
    options: options.renderQueue,
    concurrencyMax: render?.concurrencyMax ?? 0,
  });
  let isDraining = false;
  const content = { ...contentStage(store.content, options.content), name: "content.rich" };
  const adding = addStage({
    metadata,
    tell: (page) => parts.tell(page),
    itemsMax: () => (isDraining ? Number.MAX_SAFE_INTEGER : options.renderQueue.itemsMax),
    added: (count) => claims.added(count),
    clock,
  });
  return {
    from,
    intoStore: [
      runtime.batchStage(fatal.batchStage(batchAtFailpoint("after-queued", adding)), {
        from: rows,
        to: to.told,
      }),
      runtime.batchStage(fatal.batchStage(batchAtFailpoint("after-segment", content)), { from, to: rows }),
    ],
    ...(render === null ? { pages: [], intake: [claims.keeper] } : outOfQueue(parts, claims, render)),
    get waiting() {
      return claims.waiting;
    },
    over: () => claims.over(),
    drain() {
      isDraining = true;
    },
  };
}

function outOfQueue<Told>(
  { runtime, store, limits, to, fatal }: RenderQueueParts<Told>,
  claims: QueueClaims,
  render: Stage<ShownPage, ProcessOutput, Code>,
): Pick<RenderQueue, "pages" | "intake"> {
  // What waits here is claimed: another process could show it.
  const requests = runtime.channel<Claimed>("render.requests", {
    itemsMax: render.concurrencyMax,
    bytesMax: limits.pages.bytesMax,
    ...urgentClaims,
    sizeOf: claimedBytes,
  });
  const ends = runtime.channel<BareEnd>("render.ends", { ...limits.ends, sizeOf: bareEndBytes });
  const toEnds = runtime.batchStage(
    fatal.batchStage(batchAtFailpoint("after-end", endStage(store.metadata))),
    {
      from: ends,
      to: to.ends,
      route: (end: BareEnd) => to.placed(end),
    },
  );
  const toRender = runtime.stage(stageAtFailpoint("after-render", claimedStage(render)), {
    from: requests,
    to: [to.processed, ends],
    route: (output: ProcessOutput) => {
      if (output.to === "store") return Placed.in(to.processed, output.page);
      if (output.to === "render") throw new Error("a page that was shown is to be shown again");
      return Placed.in(ends, output);
    },
  });
  return {
    pages: [toEnds, toRender],
    intake: [claims.keeper, runtime.source(fatal.source(claims.source), { to: requests })],
  };
}

/** Ends that may not have been told go on as they are. */
function claimedStage(render: Stage<ShownPage, ProcessOutput, Code>): Stage<Claimed, ProcessOutput, Code> {
  return {
    name: render.name,
    concurrencyMax: render.concurrencyMax,
    deadlineMs: render.deadlineMs,
    handle: async (claimed: Claimed, work: Work) =>
      claimed.kind === "show" ? render.handle(claimed.page, work) : emit(claimed.output),
  };
}

const bareEndBytes = (end: BareEnd): number => endBytes(end.to === "out" ? end.ended : end.report);
