// What the router keeps of a host between runs. The store keeps it without reading it; the router alone knows what it says.

export interface MemoryRow {
  /** Politeness key ("example.com:8080"); empty for what holds of all hosts. */
  readonly host: string;
  /** One line of JSON. */
  readonly state: string;
}
