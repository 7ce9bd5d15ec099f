// The rule of Kafka's clients, held against the vectors of its own UtilsTest.
import assert from "node:assert/strict";
import { test } from "node:test";
import { hostPartition, murmur2, ownsHost } from "./index.ts";

test("murmur2 is the one of Kafka's own clients", () => {
  const vectors: readonly (readonly [string, number])[] = [
    ["21", -973932308],
    ["foobar", -790332482],
    ["a-little-bit-long-string", -985981536],
    ["a-little-bit-longer-string", -1486304829],
    ["lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971],
    ["abc", 479470107],
  ];
  for (const [text, hash] of vectors) assert.equal(murmur2(Buffer.from(text)), hash, text);
});

test("each host belongs to one ingestor of several", () => {
  for (const host of ["example.com", "[::1]:8080", "한국.kr", "a.b.c:81"]) {
    const owners = [0, 1, 2].filter((index) => ownsHost(host, { index, count: 3 }, 12));
    assert.equal(owners.length, 1);
    assert.equal(owners[0], hostPartition(host, 12) % 3);
  }
});
