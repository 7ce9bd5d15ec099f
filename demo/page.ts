// What a host gives for one URL: an HTML page with its answer, a failure, and how either goes over the wire. Only shapes.
import type { Lane, Language } from "./table.ts";

/** How an answer goes wrong on the wire, or comes about. */
export type Fault = "reset" | "close" | "nonsense" | "short" | "busy-once";
export type Coding = "gzip" | "br" | "deflate" | "zstd" | "identity";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Content coding used where the client accepts it. */
  readonly coding: Coding;
  readonly fault: Fault | null;
}

export interface HtmlPage {
  readonly kind: string;
  readonly html: string;
  readonly title: string | null;
  readonly sentence: string | null;
  readonly lang: string | null;
  readonly lane?: Lane;
  /** What the bytes are in; default utf-8. */
  readonly charset?: string;
  /** What a right decoder must call it, when that is not `charset`. */
  readonly charsetExpected?: string;
  /** Default `text/html; charset=…`. */
  readonly contentType?: string;
  readonly coding?: Coding;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly words?: readonly (readonly [Language, string])[];
  /** What a browser makes of it, where that is something else. */
  readonly rendered?: {
    readonly title: string;
    readonly sentence: string;
    readonly links: readonly string[];
  };
}

export interface Failure {
  readonly kind: string;
  readonly outcome: "failed" | "skipped";
  readonly code: string;
  readonly status: number | null;
  readonly attempts?: number;
}
