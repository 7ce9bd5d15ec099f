// A tunnel that stands: the browser's bytes one way, the site's the other, each as fast as its reader. Ends when both
// directions have ended, when nothing moves, or when too much comes in. Knows no HTTP.
import type net from "node:net";
import type { Clock } from "../base/index.ts";
import { idleWatch } from "./idle-watch.ts";
import type { Link } from "./outbound.ts";

/** `client` stays open in one direction when the other ends (`allowHalfOpen`) and has its listener for errors. */
export function join(client: net.Socket, link: Link, clock: Clock, idleMs: number): void {
  const { socket } = link;
  const cut = (): void => {
    // A reset, not an end: what stops short must not look whole.
    client.resetAndDestroy();
    socket.destroy();
  };
  const idle = idleWatch(clock, idleMs, cut);
  const onClose = (closed: net.Socket): void => {
    // Closed in order, it has passed its end on, and what the other still has to send stays on its way.
    if (!(closed.readableEnded && closed.writableFinished)) cut();
    if (client.closed && socket.closed) idle.stop();
  };
  for (const side of [client, socket]) {
    side.on("close", () => onClose(side));
    side.on("drain", idle.touch);
  }
  client.on("data", idle.touch);
  socket.on("data", () => {
    idle.touch();
    if (!link.withinBudget()) cut();
  });
  client.pipe(socket);
  socket.pipe(client);
  if (client.destroyed || socket.destroyed) cut();
}
