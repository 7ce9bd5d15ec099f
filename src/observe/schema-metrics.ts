// How often the fields of a schema are filled, as a gauge. Schemas and their fields are named in files of the operator, so their
// labels are closed sets.
import { Gauge, type Registry } from "prom-client";

export interface FieldFill {
  readonly field: string;
  /** Of the last pages, 0..1. */
  readonly recentRate: number;
}

export interface WatchedSchema {
  readonly schema: string;
  rates(): readonly FieldFill[];
}

export function registerSchemas(registers: Registry[], schemas: ReadonlySet<WatchedSchema>): void {
  new Gauge({
    name: "schema_field_fill_ratio",
    help: "Share of the last pages (of a row's field: rows) in which a declared field has a value",
    labelNames: ["schema", "field"],
    registers,
    collect() {
      this.reset();
      for (const { schema, rates } of schemas)
        for (const { field, recentRate } of rates()) this.set({ schema, field }, recentRate);
    },
  });
}
