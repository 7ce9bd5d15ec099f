import assert from "node:assert/strict";
import { test } from "node:test";
import { bareUrl, bytes, count, duration, moment, percent, relative, short } from "./format.ts";

const NOON = Date.UTC(2026, 4, 17, 12, 0, 0);
/** Some ICU data parts a number from its unit by a space that does not break. */
const plain = (text: string): string => text.replaceAll("\u00a0", " ").replaceAll("\u202f", " ");

test("numbers are grouped and shortened as the language does", () => {
  assert.equal(count(1_234_567, "en"), "1,234,567");
  assert.equal(short(12_400, "en"), "12K");
  assert.equal(short(12_400, "ko"), "1만");
  assert.equal(short(2.25, "en"), "2.3");
  assert.equal(percent(0.5, "en"), "50%");
});

test("sizes go by thousands and keep one digit", () => {
  assert.equal(plain(bytes(0, "en")), "0 bytes");
  assert.equal(plain(bytes(999, "en")), "999 bytes");
  assert.equal(plain(bytes(1_500, "en")), "1.5 kB");
  assert.equal(plain(bytes(3_000_000, "en")), "3 MB");
  assert.equal(plain(bytes(9e18, "en")), "9,000,000 TB");
});

test("durations say the one or two units that matter", () => {
  assert.equal(plain(duration(340.4, "en")), "340 ms");
  assert.equal(plain(duration(2_440, "en")), "2.4 sec");
  assert.equal(plain(duration(59_999, "en")), "60 sec");
  assert.equal(plain(duration(200_000, "en")), "3 min 20 sec");
  assert.equal(plain(duration(3_600_000, "en")), "1 hr");
  assert.equal(plain(duration(90_000_000, "en")), "1 day 1 hr");
  assert.equal(plain(duration(-5, "en")), "0 ms");
  assert.match(duration(200_000, "ko"), /3분 20초/);
});

test("instants are told from now, in either direction, and as dates when far", () => {
  assert.equal(relative(NOON - 300_000, NOON, "en"), "5 minutes ago");
  assert.equal(relative(NOON + 7_200_000, NOON, "en"), "in 2 hours");
  assert.equal(relative(NOON - 300_000, NOON, "ko"), "5분 전");
  assert.match(relative(NOON - 90 * 86_400_000, NOON, "en"), /2026/);
});

test("a moment in another time zone says which", () => {
  assert.match(moment(NOON, "en", "Asia/Seoul"), /9:00.*PM.*GMT\+9/s);
  assert.match(moment(NOON, "ko", "Asia/Seoul"), /오후.*9:00/);
});

test("an address is shown without what nearly all share", () => {
  assert.equal(bareUrl("https://example.com/"), "example.com");
  assert.equal(bareUrl("http://example.com/a?b=1"), "example.com/a?b=1");
});
