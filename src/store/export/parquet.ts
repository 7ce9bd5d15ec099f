// Parquet by row groups: each is encoded in memory, written and forgotten, so memory stays that of one group.
import { gzipSync } from "node:zlib";
import { ByteWriter, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";
import type { ExportOutput } from "./faces.ts";
import { type Cell, type TableRow, tableColumns } from "./table.ts";

const GROUP_ROWS_MAX = 20_000;
/** Of text in a group, before encoding. */
const GROUP_CHARACTERS_MAX = 32 * 1024 * 1024;

/** Resolves to the number of rows. */
export async function writeParquet(
  rows: AsyncIterable<TableRow>,
  output: ExportOutput,
  options: { readonly withChanges: boolean; readonly software: string },
): Promise<number> {
  const columns = tableColumns(options.withChanges).map((column) => ({
    ...column,
    nullable: column.name !== "url",
  }));
  const bytes = new ByteWriter();
  const schema = schemaFromColumnData({ columnData: columns.map((column) => ({ ...column, data: [] })) });
  const parquet = new ParquetWriter({
    writer: bytes,
    schema,
    codec: "GZIP",
    compressors: { GZIP: (input) => gzipSync(input, { level: 6 }) },
    createdBy: options.software,
  });
  const drain = async (): Promise<void> => {
    const encoded = bytes.getBytes().slice();
    bytes.index = 0;
    await output.write(encoded);
  };
  let group: (Cell | bigint)[][] = columns.map(() => []);
  let groupRows = 0;
  let groupCharacters = 0;
  let written = 0;
  const writeGroup = async (): Promise<void> => {
    if (groupRows === 0) return;
    const columnData = columns.map(({ name }, at) => ({ name, data: group[at] ?? [], offsetIndex: false }));
    await parquet.write({ columnData, rowGroupSize: groupRows });
    group = columns.map(() => []);
    groupRows = 0;
    groupCharacters = 0;
    await drain();
  };
  for await (const row of rows) {
    columns.forEach((column, at) => {
      const cell = column.of(row);
      group[at]?.push(column.type === "INT64" && typeof cell === "number" ? BigInt(cell) : cell);
      if (typeof cell === "string") groupCharacters += cell.length;
    });
    groupRows++;
    written++;
    if (groupRows >= GROUP_ROWS_MAX || groupCharacters >= GROUP_CHARACTERS_MAX) await writeGroup();
  }
  await writeGroup();
  await parquet.finish();
  await drain();
  return written;
}
