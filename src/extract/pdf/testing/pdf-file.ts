// Writes small PDF files for tests, right ones and wrong ones. Knows of PDF what these need.
import { deflateSync } from "node:zlib";

export interface Written {
  /** What each page shows: text at a place, in points from the lower left. */
  readonly pages: readonly (readonly { text: string; x: number; y: number; size: number }[])[];
  readonly info?: Readonly<Record<string, string>>;
  /** Content streams as they stand instead of the pages' texts, with their filter ("/FlateDecode"). */
  readonly streams?: readonly { readonly bytes: Uint8Array; readonly filter: string }[];
  /** The page tree names the same page so many times. */
  readonly copies?: number;
  /** More of the trailer ("/Encrypt 99 0 R"), and of objects. */
  readonly trailer?: string;
  readonly objects?: readonly string[];
  /** Dictionary of the one font, in the place of Helvetica's. */
  readonly font?: string;
  /** Dictionary of the page tree's root in the place of the right one. */
  readonly tree?: string;
}

const text = (said: string): string => `(${said.replace(/[\\()]/g, "\\$&")})`;

export function pdfFile({
  pages,
  info = {},
  streams,
  copies = 1,
  trailer = "",
  objects = [],
  font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
  tree,
}: Written): Uint8Array {
  const parts: Buffer[] = [Buffer.from("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "latin1")];
  const offsets: number[] = [];
  let at = parts[0]?.byteLength ?? 0;
  const push = (...given: (string | Uint8Array)[]): void => {
    for (const part of given) {
      const bytes = Buffer.from(typeof part === "string" ? Buffer.from(part, "latin1") : part);
      parts.push(bytes);
      at += bytes.byteLength;
    }
  };
  const object = (number: number, ...given: (string | Uint8Array)[]): void => {
    offsets[number] = at;
    push(`${number} 0 obj\n`, ...given, "\nendobj\n");
  };
  const contents =
    streams ??
    pages.map((page) => ({
      bytes: deflateSync(
        Buffer.from(
          page
            .map(({ text: said, x, y, size }) => `BT /F1 ${size} Tf ${x} ${y} Td ${text(said)} Tj ET`)
            .join("\n"),
          "latin1",
        ),
      ),
      filter: "/FlateDecode",
    }));
  const first = 10;
  const kids = contents.flatMap((_, index) =>
    Array.from({ length: copies }, () => `${first + 2 * index} 0 R`),
  );
  object(1, "<< /Type /Catalog /Pages 2 0 R /Lang (en-GB) >>");
  object(2, tree ?? `<< /Type /Pages /Kids [${kids.join(" ")}] /Count ${kids.length} >>`);
  object(3, font);
  object(
    4,
    `<< ${Object.entries(info)
      .map(([key, said]) => `/${key} ${text(said)}`)
      .join(" ")} >>`,
  );
  for (const [index, { bytes, filter }] of contents.entries()) {
    const number = first + 2 * index;
    object(
      number,
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents ${number + 1} 0 R >>`,
    );
    object(number + 1, `<< /Length ${bytes.byteLength} /Filter ${filter} >>\nstream\n`, bytes, "\nendstream");
  }
  for (const [index, body] of objects.entries()) object(90_000 + index, body);
  const start = at;
  push("xref\n");
  for (const [number, offset] of offsets.entries())
    if (offset !== undefined) push(`${number} 1\n${String(offset).padStart(10, "0")} 00000 n \n`);
  push(
    `trailer\n<< /Size ${offsets.length} /Root 1 0 R /Info 4 0 R ${trailer} >>\nstartxref\n${start}\n%%EOF\n`,
  );
  return new Uint8Array(Buffer.concat(parts));
}
