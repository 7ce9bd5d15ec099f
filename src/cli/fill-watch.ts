// How often the fields of a schema are filled while pages pass: as a metric, and a warning in the log when a share falls or is back.
// Knows no page.
import { FillRates } from "../extract/index.ts";
import type { DeclaredFields } from "../model/index.ts";
import type { Log, Metrics } from "../observe/index.ts";
import { alarmLine, fillTable } from "./schema-file.ts";

export interface FillWatch {
  found(fields: DeclaredFields): void;
  /** A head and a line a field. */
  table(): string[];
  stop(): void;
}

/** `schema`: the name it has in metrics and log. */
export function fillWatch(
  schema: string,
  {
    log,
    metrics,
  }: { readonly log: Pick<Log, "warn" | "info">; readonly metrics: Pick<Metrics, "watchSchema"> },
): FillWatch {
  const rates = new FillRates();
  const stop = metrics.watchSchema({ schema, rates: () => rates.rates() });
  return {
    found(fields) {
      for (const alarm of rates.add(fields)) {
        const { field, rateBefore, recentRate } = alarm;
        const told = { schema, field, before: rateBefore, recent: recentRate };
        if (alarm.fallen) log.warn(told, alarmLine(alarm));
        else log.info(told, alarmLine(alarm));
      }
    },
    table: () => fillTable(rates.rates()),
    stop,
  };
}
