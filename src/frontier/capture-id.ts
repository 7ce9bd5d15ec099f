// A capture id (a UUID) as sixteen bytes of a row, and back.

export const CAPTURE_ID_BYTES = 16;

export function writeCaptureId(row: Buffer, captureId: string): void {
  row.write(captureId.replaceAll("-", ""), 0, "hex");
}

export function readCaptureId(row: Buffer): string {
  const hex = row.toString("hex", 0, CAPTURE_ID_BYTES);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
