// Which addresses are refused, in every form that leads to the same place.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { refusalOf, vet } from "./address-guard.ts";

const PUBLIC = [
  "1.1.1.1",
  "8.8.8.8",
  "93.184.215.14",
  "2606:4700:4700::1111",
  "2001:4860:4860::8888",
  "64:ff9b::808:808",
];

const PRIVATE = [
  "127.0.0.1",
  "127.8.9.1",
  "0.0.0.0",
  "10.0.0.1",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.1.1",
].concat(
  ["100.64.0.1", "169.254.1.1", "::1", "::", "fc00::1", "fd12:3456::1", "fe80::1"],
  ["::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1", "::7f00:1", "64:ff9b::7f00:1", "64:ff9b::a00:1"],
  ["::ffff:0:7f00:1", "::ffff:0.0.0.0"],
);

const NEVER = [
  "169.254.169.254",
  "::ffff:169.254.169.254",
  "64:ff9b::a9fe:a9fe",
  "fd00:ec2::254",
  "100.100.100.200",
].concat(
  ["168.63.129.16", "192.0.0.192", "224.0.0.1", "255.255.255.255", "240.0.0.1", "ff02::1", "192.0.2.1"],
  [
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "64:ff9b:1::1",
    "2001:db8::1",
  ],
  ["198.18.0.1", "203.0.113.9", "", "localhost", "127.1.2", "1.2.3.4.5"],
);

test("public addresses pass", () => {
  for (const address of PUBLIC) assert.equal(refusalOf(address, false), null, address);
});

test("private ones are refused unless they are allowed", () => {
  for (const address of PRIVATE) {
    assert.notEqual(refusalOf(address, false), null, address);
    assert.equal(refusalOf(address, true), null, address);
  }
});

test("metadata services, multicast and what leads nowhere are refused in any case", () => {
  for (const address of NEVER) assert.notEqual(refusalOf(address, true), null, address);
});

test("an IPv4 address carried in IPv6 is judged as itself", () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.boolean(), (address, allowPrivate) => {
      const plain = refusalOf(address, allowPrivate);
      assert.equal(refusalOf(`::ffff:${address}`, allowPrivate), plain);
    }),
  );
});

test("a mixed answer leaves its public addresses", () => {
  assert.deepEqual(vet(["127.0.0.1", "1.1.1.1", "10.0.0.1", "2606:4700::1111"], false), {
    allowed: ["1.1.1.1", "2606:4700::1111"],
    refused: { address: "127.0.0.1", why: "loopback address" },
  });
});
