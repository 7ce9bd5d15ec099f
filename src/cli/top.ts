// `top`: a live view of the stages and hosts of a running process, through the socket in its data folder.
import { resolve } from "node:path";
import { dataFlag, defineCommand, onOff, seconds, value } from "./command.ts";
import type { ControlAnswer } from "./control.ts";
import { runningOwner } from "./data-folder.ts";
import { oneLine } from "./io.ts";
import { duration, size } from "./progress-line.ts";

const HOSTS_SHOWN = 15;

export const top = defineCommand({
  name: "top",
  summary: "live view of stages and hosts of a running process",
  usage: "top [--data DIR] [--every S] [--once] [--json]",
  examples: [
    { line: "millrace top", does: "refreshed every second until Ctrl-C" },
    { line: "millrace top --once --json", does: "one reading, for scripts" },
  ],
  flags: {
    data: dataFlag,
    every: value("S", "seconds between readings (default 1)", seconds(3_600).default(1)),
    once: onOff("one reading"),
    json: onOff("one JSON object a reading"),
  },
  positionals: { min: 0, max: 0, what: "" },
  drains: true,
  async run({ flags }, io) {
    const folder = resolve(io.cwd, flags.data);
    const owner = await runningOwner(folder, io.clock);
    if (owner === null)
      return io.failure({ code: "internal", message: `no process is running on ${folder}` });
    const redraw = "isTTY" in io.stdout && io.stdout.isTTY === true && !flags.json && !flags.once;
    for (;;) {
      const status = await owner.control.status({});
      if (!status.ok) return io.failure(status.error);
      const view = flags.json ? `${JSON.stringify(status.value)}\n` : shown(status.value, io.clock.nowMs());
      await io.print(redraw ? `\u001b[H\u001b[2J${view}` : view);
      if (flags.once || io.stop.aborted) return 0;
      await io.clock.sleep(flags.every * 1000, io.stop).catch(() => undefined); // woken by Ctrl-C: the loop ends above
      if (io.stop.aborted) return 0;
    }
  },
});

function shown(status: ControlAnswer<"status">, nowMs: number): string {
  const { pid, role, startedAtMs, ready, reasons, ended, bytes, lanes, open, stages, hosts } = status;
  const { waitingForBrowser } = status;
  const lines = [
    `${role} ${pid}, up ${duration(nowMs - startedAtMs)}, ${ready ? "ready" : `not ready: ${reasons.join("; ")}`}`,
    `stored ${ended.stored}  failed ${ended.failed}  skipped ${ended.skipped}  open ${open}  ` +
      `fast ${lanes.fast}  rich ${lanes.rich}  ` +
      `${waitingForBrowser === 0 ? "" : `for the browser ${waitingForBrowser}  `}${size(bytes)}`,
    "",
    row(["stage", "busy", "waiting", "room", "done", "failed"]),
    ...stages.map(({ name, busy, depth, depthMax, done, failed }) =>
      row([name, busy, depth, depthMax, done, failed]),
    ),
  ];
  if (hosts.length > 0) {
    lines.push("", row(["host", "busy", "fetched", "failed", "latency ms", "next in ms"]));
    for (const { host, inFlight, fetched, failed, latencyMs, nextAtMs } of hosts.slice(0, HOSTS_SHOWN)) {
      const inMs = Math.max(0, Math.round(nextAtMs - nowMs));
      lines.push(row([host, inFlight, fetched, failed, Math.round(latencyMs), inMs]));
    }
  }
  return `${lines.join("\n")}\n`;
}

function row([first, ...cells]: readonly (string | number)[]): string {
  return `${oneLine(String(first)).slice(0, 40).padEnd(42)}${cells.map((cell) => String(cell).padStart(10)).join("")}`;
}
