// A program for the hand-over's tests: tells its pid and arguments, counts signals, and ends as it is told.
const [, , how = "", ...rest] = process.argv;
let interrupts = 0;
process.on("SIGINT", () => process.stdout.write(`SIGINT ${++interrupts}\n`));
process.on("SIGTERM", () => process.exit(7));
process.stdout.write(`${JSON.stringify({ pid: process.pid, args: rest })}\n`);
if (how === "exit") process.exitCode = Number(rest[0]);
else if (how === "die") process.kill(process.pid, "SIGKILL");
else setInterval(() => undefined, 1_000);
