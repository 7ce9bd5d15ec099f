import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { type Coding, sniffCoding } from "./codings.ts";
import { inflateBody } from "./inflate.ts";
import { type InflateStreamOptions, inflateStream } from "./inflate-stream.ts";

const LIMITS = { outputBytesMax: 1_000_000, encodingsMax: 4 };
const page = Buffer.from(
  `<!doctype html><title>한국어 page</title>${"<p>some text, again and again</p>".repeat(400)}`,
);

const FORMS: readonly { label: string; coding: Coding; compress: (bytes: Uint8Array) => Buffer }[] = [
  { label: "gzip", coding: "gzip", compress: (bytes) => gzipSync(bytes) },
  { label: "X-GZip", coding: "gzip", compress: (bytes) => gzipSync(bytes) },
  { label: "deflate", coding: "deflate", compress: (bytes) => deflateSync(bytes) },
  { label: "deflate", coding: "deflate", compress: (bytes) => deflateRawSync(bytes) },
  { label: "br", coding: "br", compress: (bytes) => brotliCompressSync(bytes) },
  { label: "zstd", coding: "zstd", compress: (bytes) => zstdCompressSync(bytes) },
];

const good = (body: Uint8Array, encoding: string | null, limits = LIMITS) => {
  const result = inflateBody(body, encoding, limits);
  assert.ok(result.ok, result.ok ? "" : result.error.message);
  return result.value;
};

const bad = (body: Uint8Array, encoding: string | null, limits = LIMITS) => {
  const result = inflateBody(body, encoding, limits);
  assert.ok(!result.ok);
  return result.error.code;
};

test("every coding gives back any bytes", () => {
  for (const { label, coding, compress } of FORMS) {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 5000 }), (bytes) => {
        const { bytes: out, truncated, applied } = good(compress(bytes), label);
        assert.deepEqual(Buffer.from(out), Buffer.from(bytes));
        assert.equal(truncated, false);
        assert.deepEqual(applied, [coding]);
      }),
      { numRuns: 60 },
    );
  }
});

test("a stream cut at any byte gives a prefix of the page, and says so", () => {
  for (const { label, compress } of FORMS) {
    const whole = compress(page);
    for (let cut = 1; cut < whole.length; cut++) {
      const { bytes, truncated } = good(whole.subarray(0, cut), label);
      assert.equal(truncated, true, `${label} cut at ${cut}`);
      assert.ok(page.subarray(0, bytes.length).equals(bytes), `${label} cut at ${cut}`);
    }
  }
});

test("bytes after the end of a stream are ignored", () => {
  for (const { label, compress } of FORMS) {
    for (const tail of [
      "junk after it",
      "\0\0\0\0\0",
      "\x1f",
      "\x1f\x8b",
      "\x1f\x8b\x08 and no more",
      "\n",
    ]) {
      const { bytes, truncated } = good(Buffer.concat([compress(page), Buffer.from(tail, "latin1")]), label);
      assert.ok(page.equals(bytes), `${label} + ${JSON.stringify(tail)}`);
      if (tail.length < 10 || label !== "gzip")
        assert.equal(truncated, false, `${label} + ${JSON.stringify(tail)}`);
    }
  }
});

test("gzip members and zstd frames follow one another", () => {
  assert.ok(
    Buffer.concat([page, page]).equals(good(Buffer.concat([gzipSync(page), gzipSync(page)]), "gzip").bytes),
  );
  assert.ok(
    Buffer.concat([page, page]).equals(
      good(Buffer.concat([zstdCompressSync(page), zstdCompressSync(page)]), "zstd").bytes,
    ),
  );
  const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
  assert.ok(page.equals(good(Buffer.concat([skippable, zstdCompressSync(page)]), "zstd").bytes));
});

test("a wrong checksum does not lose the page", () => {
  const gzip = gzipSync(page);
  gzip[gzip.length - 6] = (gzip[gzip.length - 6] ?? 0) ^ 1;
  assert.ok(page.equals(good(gzip, "gzip").bytes));
  const zlib = deflateSync(page);
  zlib[zlib.length - 1] = (zlib[zlib.length - 1] ?? 0) ^ 1;
  assert.ok(page.equals(good(zlib, "deflate").bytes));
});

test("a gzip header with every optional field is read", () => {
  const raw = deflateRawSync(page);
  const header = Buffer.from([0x1f, 0x8b, 8, 0x1e, 0, 0, 0, 0, 0, 3, 2, 0, 9, 9, 0x66, 0, 0x63, 0, 0, 0]);
  assert.ok(page.equals(good(Buffer.concat([header, raw, Buffer.alloc(8, 1)]), "gzip").bytes));
});

test("stacked codings are undone from the last to the first", () => {
  const stacked = brotliCompressSync(gzipSync(page));
  const { bytes, applied } = good(stacked, " gzip , BR ");
  assert.ok(page.equals(bytes));
  assert.deepEqual(applied, ["br", "gzip"]);
  assert.equal(bad(gzipSync(page), "gzip, gzip, gzip, gzip, gzip"), "decode");
});

test("a label that lies is not believed", () => {
  for (const label of ["gzip", "deflate", "br", "zstd", "gzip, gzip"]) {
    const { bytes, applied, truncated } = good(page, label);
    assert.equal(bytes, page, label);
    assert.deepEqual(applied, []);
    assert.equal(truncated, false);
  }
  assert.ok(page.equals(good(gzipSync(page), "gzip, gzip").bytes), "gzip once, labelled twice");
  for (const label of ["deflate", "br", "zstd"])
    assert.ok(page.equals(good(gzipSync(page), label).bytes), label);
  assert.ok(page.equals(good(zstdCompressSync(page), "gzip").bytes));
  assert.ok(page.equals(good(deflateSync(page), "gzip").bytes));
});

test("labels that name no coding change nothing, unknown ones are an error", () => {
  for (const label of [null, "", "identity", "utf-8", "none", "identity, identity"]) {
    assert.equal(good(page, label).bytes, page);
  }
  for (const label of ["x-foo", "dcb", "gzip, compress", "exi"]) assert.equal(bad(page, label), "decode");
});

test("broken bytes are an error of decoding", () => {
  const noise = Buffer.alloc(300, 0xff);
  for (const label of ["deflate", "br"]) assert.equal(bad(noise, label), "decode", label);
  const broken = gzipSync(page);
  broken.fill(0xff, 30, 60);
  assert.equal(bad(broken, "gzip"), "decode");
});

test("no stack of bombs comes out larger than the limit", () => {
  const zeros = Buffer.alloc(8_000_000);
  for (const { label, compress } of FORMS) assert.equal(bad(compress(zeros), label), "too_large", label);
  assert.equal(bad(gzipSync(gzipSync(Buffer.alloc(50_000_000))), "gzip, gzip"), "too_large");
  const exact = Buffer.alloc(1000, "a");
  for (const { label, compress } of FORMS) {
    assert.equal(good(compress(exact), label, { outputBytesMax: 1000, encodingsMax: 2 }).bytes.length, 1000);
    assert.equal(bad(compress(exact), label, { outputBytesMax: 999, encodingsMax: 2 }), "too_large");
  }
  assert.equal(bad(Buffer.alloc(1001), null, { outputBytesMax: 1000, encodingsMax: 2 }), "too_large");
});

test("an empty body is empty, whatever its label", () => {
  for (const label of [null, "gzip", "br", "deflate", "zstd"])
    assert.equal(good(new Uint8Array(0), label).bytes.length, 0);
});

test("arbitrary bytes under any label never throw", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 400 }),
      fc.constantFrom("gzip", "deflate", "br", "zstd", "gzip, br", "zstd, gzip, deflate"),
      (bytes, label) => {
        inflateBody(bytes, label, LIMITS);
      },
    ),
    { numRuns: 400 },
  );
  assert.equal(sniffCoding(new Uint8Array(0)), null);
});

const STREAM: InflateStreamOptions = { ...LIMITS, contentEncoding: null, sniff: false };

async function collect(chunks: Iterable<Uint8Array>, options: InflateStreamOptions) {
  const parts: Uint8Array[] = [];
  for await (const chunk of inflateStream(chunks, options)) {
    if (!chunk.ok) return { bytes: Buffer.concat(parts), failure: chunk.error.code };
    parts.push(chunk.value);
  }
  return { bytes: Buffer.concat(parts), failure: null };
}

function* sliced(bytes: Uint8Array, stepBytes: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += stepBytes) yield bytes.subarray(at, at + stepBytes);
}

test("a stream in slices of any size gives the same bytes as at one go", async () => {
  for (const { label, compress } of FORMS) {
    for (const stepBytes of [1, 3, 64, 1000, 100_000]) {
      const { bytes, failure } = await collect(sliced(compress(page), stepBytes), {
        ...STREAM,
        contentEncoding: label,
      });
      assert.equal(failure, null, label);
      assert.ok(page.equals(bytes), `${label} by ${stepBytes}`);
    }
  }
});

test("a cut stream delivers all that decodes before it says truncated", async () => {
  for (const { label, compress } of FORMS) {
    const whole = compress(page);
    for (const cut of [whole.length - 1, whole.length - 9, whole.length >> 1]) {
      const { bytes, failure } = await collect(sliced(whole.subarray(0, cut), 50), {
        ...STREAM,
        contentEncoding: label,
      });
      assert.equal(failure, "truncated", `${label} cut at ${cut}`);
      const expected = good(whole.subarray(0, cut), label).bytes;
      assert.ok(
        Buffer.from(expected).equals(bytes),
        `${label} cut at ${cut}: ${bytes.length} of ${expected.length}`,
      );
    }
  }
});

test("a stream tells gzip and zstd by their marks, once or twice wrapped", async () => {
  const options = { ...STREAM, sniff: true };
  for (const body of [page, gzipSync(page), zstdCompressSync(page)]) {
    assert.ok(page.equals((await collect(sliced(body, 100), options)).bytes));
  }
  const twice = await collect(sliced(gzipSync(gzipSync(page)), 100), { ...options, contentEncoding: "gzip" });
  assert.ok(page.equals(twice.bytes));
  const lie = await collect(sliced(gzipSync(page), 100), { ...options, contentEncoding: "gzip, gzip" });
  assert.ok(page.equals(lie.bytes));
  const plain = await collect(sliced(page, 100), { ...options, contentEncoding: "gzip" });
  assert.ok(page.equals(plain.bytes));
});

test("members, frames and bytes after the end are read in a stream as at one go", async () => {
  const options = { ...STREAM, sniff: true };
  const double = Buffer.concat([page, page]);
  for (const stepBytes of [7, 100_000]) {
    const members = Buffer.concat([gzipSync(page), gzipSync(page)]);
    assert.ok(double.equals((await collect(sliced(members, stepBytes), options)).bytes));
    const frames = Buffer.concat([zstdCompressSync(page), zstdCompressSync(page)]);
    assert.ok(
      double.equals((await collect(sliced(frames, stepBytes), options)).bytes),
      `zstd frames by ${stepBytes}`,
    );
    const tail = await collect(
      sliced(Buffer.concat([gzipSync(page), Buffer.from("tail")]), stepBytes),
      options,
    );
    assert.ok(page.equals(tail.bytes));
    assert.equal(tail.failure, null);
  }
});

test("a streamed bomb stops at the limit", async () => {
  for (const { label, compress } of FORMS) {
    const { bytes, failure } = await collect([compress(Buffer.alloc(8_000_000))], {
      ...STREAM,
      contentEncoding: label,
    });
    assert.equal(failure, "too_large", label);
    assert.ok(bytes.length <= LIMITS.outputBytesMax);
  }
});

test("what the source throws is thrown on", async () => {
  const failing = function* (): Generator<Uint8Array> {
    yield gzipSync(page).subarray(0, 50);
    throw new Error("disk gone");
  };
  await assert.rejects(collect(failing(), { ...STREAM, contentEncoding: "gzip" }), /disk gone/);
});

test("a reader that leaves early leaves nothing open", async () => {
  let isClosed = false;
  const source = function* (): Generator<Uint8Array> {
    try {
      for (;;) yield gzipSync(page);
    } finally {
      isClosed = true;
    }
  };
  for await (const chunk of inflateStream(source(), {
    ...STREAM,
    outputBytesMax: Number.MAX_SAFE_INTEGER,
    sniff: true,
  })) {
    assert.ok(chunk.ok);
    break;
  }
  assert.equal(isClosed, true);
});
