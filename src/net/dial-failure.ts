// Why a dial failed, as the failure codes have it: errors of node:net and node:tls sorted into connect, tls and timeout.
import { describe } from "../base/index.ts";
import type { Failure } from "../model/index.ts";

export interface DialFailure {
  readonly failure: Failure;
  /** The address dialled last; null when none was. */
  readonly address: string | null;
}

/** Faults of this machine: no host pays for them. */
const OWN_FAULTS = new Set(["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "EADDRNOTAVAIL"]);

const NETWORK_ERRORS = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENETDOWN",
  "EHOSTDOWN",
  "EPIPE",
  "EACCES",
  "EPERM",
]);

export function connectFailure(error: Error, where: string): Failure {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const message = `${where}: ${describe(error)}`;
  if (code === "ETIMEDOUT") return { code: "timeout", message, cause: error };
  if (OWN_FAULTS.has(code))
    return { code: "connect", message, transient: true, hostFault: false, cause: error };
  return { code: "connect", message, cause: error };
}

/** The handshake failed: a cut connection is `connect`, all else (certificate, version, alert, garbage) is `tls`. */
export function tlsFailure(error: Error, where: string): Failure {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (NETWORK_ERRORS.has(code) || code === "ETIMEDOUT")
    return connectFailure(error, `${where}, TLS handshake`);
  return { code: "tls", message: `${where}, TLS handshake: ${describe(error)}`, cause: error };
}

/** A fault of the user's proxy, not of the host behind it. */
export function proxyFailure(message: string, transient: boolean, cause?: unknown): Failure {
  return { code: "connect", message: `proxy: ${message}`, transient, hostFault: false, cause };
}
