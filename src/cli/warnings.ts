// Warnings of the runtime that say nothing to a user: kafkajs asks for a timer in the past now and then, which Node rounds up.
const HUSHED: readonly string[] = ["TimeoutNegativeWarning"];

/** From now on those are not printed; all others are, as ever. */
export function hushWarnings(): void {
  const printers = process.listeners("warning");
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    if (HUSHED.includes(warning.name)) return;
    for (const print of printers) print.call(process, warning);
  });
}
