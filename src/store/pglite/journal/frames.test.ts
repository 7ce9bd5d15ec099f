// Frames under every cut and every changed byte.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Found, FrameReader, frameOf } from "./frames.ts";

const payloads = fc.array(fc.string({ unit: "binary", maxLength: 60 }), { maxLength: 12 });
const fileOf = (list: readonly string[]): Buffer => Buffer.concat(list.map(frameOf));

function read(file: Buffer, chunkBytes = 7): Found[] {
  const reader = new FrameReader();
  const found: Found[] = [];
  for (let at = 0; at < file.length; at += chunkBytes)
    found.push(...reader.push(file.subarray(at, at + chunkBytes)));
  return [...found, ...reader.end()];
}

const recordsOf = (found: readonly Found[]): string[] =>
  found.flatMap((one) => (one.kind === "record" ? [one.payload] : []));
const troubleOf = (found: readonly Found[]) => found.filter(({ kind }) => kind !== "record");

test("what was written is read, whatever the chunks", () => {
  fc.assert(
    fc.property(payloads, fc.integer({ min: 1, max: 200 }), (list, chunkBytes) => {
      const found = read(fileOf(list), chunkBytes);
      assert.deepEqual(recordsOf(found), list);
      assert.deepEqual(troubleOf(found), []);
    }),
  );
});

test("any cut leaves a prefix of the records, and what was torn is told to the byte", () => {
  fc.assert(
    fc.property(payloads, fc.nat(), (list, cut) => {
      const whole = fileOf(list);
      const file = whole.subarray(0, cut % (whole.length + 1));
      const found = read(file);
      const records = recordsOf(found);
      assert.deepEqual(records, list.slice(0, records.length));
      const goodBytes = fileOf(records).length;
      const torn = { kind: "torn", atByte: goodBytes, bytes: file.length - goodBytes };
      assert.deepEqual(troubleOf(found), file.length === goodBytes ? [] : [torn]);
      assert.ok(
        records.length === list.length ||
          goodBytes + frameOf(list[records.length] ?? "").length > file.length,
      );
    }),
  );
});

test("any changed byte is noticed at its frame, which alone is lost", () => {
  fc.assert(
    fc.property(
      payloads.filter((list) => list.length > 0),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (list, where, change) => {
        const file = fileOf(list);
        const at = where % file.length;
        file.writeUInt8(file.readUInt8(at) ^ change, at);
        const starts = list.map((_, nth) => fileOf(list.slice(0, nth)).length);
        const hit = starts.findLastIndex((start) => start <= at);
        const found = read(file);
        assert.deepEqual(recordsOf(found), list.toSpliced(hit, 1));
        const kind = hit === list.length - 1 ? "torn" : "damaged";
        assert.deepEqual(troubleOf(found), [
          { kind, atByte: starts[hit], bytes: frameOf(list[hit] ?? "").length },
        ]);
      },
    ),
  );
});

test("bytes that were never written are passed over, and the records behind them are found", () => {
  fc.assert(
    fc.property(
      payloads,
      payloads,
      fc.uint8Array({ minLength: 1, maxLength: 100 }),
      (before, after, noise) => {
        const found = read(Buffer.concat([fileOf(before), noise, fileOf(after)]));
        assert.deepEqual(recordsOf(found), [...before, ...after]);
        assert.equal(troubleOf(found).length, 1);
      },
    ),
  );
});
