// The door of the exporters. The writers and their libraries are loaded when an export begins, not with the store.
import type { ExportReport, ExportRequest, ExportSource } from "./faces.ts";

export type {
  Change,
  ExportFormat,
  ExportOutput,
  ExportReport,
  ExportRequest,
  ExportSource,
} from "./faces.ts";
export { EXPORT_FORMATS } from "./faces.ts";

/** Writes the stored pages or captures in a format. Throws what the stores and the file system throw, and on abort. */
export async function exportPages(source: ExportSource, request: ExportRequest): Promise<ExportReport> {
  const { runExport } = await import("./export.ts");
  return runExport(source, request);
}
