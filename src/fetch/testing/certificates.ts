// Throw-away certificates for this room's tests, made by a DER writer of a few lines: no file expires in the repository.
import { createSign, generateKeyPairSync, type KeyObject } from "node:crypto";

export interface Pair {
  readonly key: string;
  readonly cert: string;
}

const tlv = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  const length =
    body.length < 128
      ? Buffer.from([body.length])
      : body.length < 256
        ? Buffer.from([0x81, body.length])
        : Buffer.from([0x82, body.length >> 8, body.length & 0xff]);
  return Buffer.concat([Buffer.from([tag]), length, body]);
};
const sequence = (...parts: Uint8Array[]): Buffer => tlv(0x30, ...parts);
const oid = (...bytes: number[]): Buffer => tlv(0x06, Buffer.from(bytes));
const ECDSA_SHA256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
const COMMON_NAME = oid(0x55, 0x04, 0x03);
const SUBJECT_ALT_NAME = oid(0x55, 0x1d, 0x11);

/** Self-signed for one DNS name; days count from now. */
export function selfSigned(name: string, fromDays: number, toDays: number): Pair {
  const keys = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const subject = sequence(tlv(0x31, sequence(COMMON_NAME, tlv(0x0c, Buffer.from(name)))));
  const names = sequence(tlv(0x82, Buffer.from(name)));
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.from([1])),
    ECDSA_SHA256,
    subject,
    sequence(time(fromDays), time(toDays)),
    subject,
    keys.publicKey.export({ type: "spki", format: "der" }),
    tlv(0xa3, sequence(sequence(SUBJECT_ALT_NAME, tlv(0x04, names)))),
  );
  const der = sequence(body, ECDSA_SHA256, tlv(0x03, Buffer.from([0]), sign(body, keys.privateKey)));
  const base64 = der.toString("base64").replace(/.{64}/g, "$&\n").trimEnd();
  return {
    key: keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
  };
}

function sign(body: Buffer, key: KeyObject): Buffer {
  return createSign("SHA256").update(body).sign(key);
}

function time(days: number): Buffer {
  const text = new Date(Date.now() + days * 86_400_000).toISOString();
  return tlv(0x18, Buffer.from(`${text.slice(0, 19).replace(/[-:T]/g, "")}Z`));
}
