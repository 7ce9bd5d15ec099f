// A certificate of one server's own, for localhost and 127.0.0.1, which its clients trust by name.
import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Certificate {
  readonly certFile: string;
  /** PKCS #8, without a passphrase; readable by its owner alone. */
  readonly keyFile: string;
  readonly pem: string;
  readonly keyPem: string;
}

const DAYS = "30";

/** Writes `cert.pem` and `key.pem` into `folder` by openssl. */
export function makeCertificate(folder: string): Certificate {
  const certFile = join(folder, "cert.pem");
  const keyFile = join(folder, "key.pem");
  const made = spawnSync(
    "openssl",
    [
      ...["req", "-x509", "-nodes", "-newkey", "rsa:2048", "-sha256", "-days", DAYS],
      ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
      ...["-keyout", keyFile, "-out", certFile],
    ],
    { encoding: "utf8", timeout: 30_000 },
  );
  if (made.status !== 0) {
    throw new Error(`openssl made no certificate: ${made.stderr ?? ""}`, { cause: made.error });
  }
  chmodSync(keyFile, 0o600);
  return {
    certFile,
    keyFile,
    pem: readFileSync(certFile, "utf8"),
    keyPem: readFileSync(keyFile, "utf8"),
  };
}
