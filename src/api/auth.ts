// Who may do what: a JWT in `Authorization: Bearer`, signed with our own secret (HS256) or by an identity provider whose keys are
// fetched (JWKS), with a role: read ⊂ write ⊂ admin. Without either the API is open, and then it answers loopback names alone, so
// that no web page reaches it under a name of its own.
import type { FastifyRequest } from "fastify";
import { createRemoteJWKSet, errors, jwtVerify, SignJWT } from "jose";
import type { Clock } from "../base/index.ts";
import type { ApiApp } from "./app.ts";
import type { ApiOptions } from "./options.ts";
import { ProblemError } from "./problems.ts";

export const ROLES = ["read", "write", "admin"] as const;
export type ApiRole = (typeof ROLES)[number];

declare module "fastify" {
  interface FastifyContextConfig {
    /** What the route asks for; absent: read to look, write to change. */
    role?: ApiRole | "open";
  }
  interface FastifyRequest {
    /** Null where nobody has to say who he is. */
    caller: { readonly subject: string; readonly role: ApiRole } | null;
  }
}

const ISSUER = "millrace";
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

export const isOpen = ({ auth }: ApiOptions): boolean => auth.jwtSecret === null && auth.jwksUrl === null;

/** One line when the API would be open to others than this machine. */
export function unsafeBind(options: ApiOptions): string | null {
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  if (!isOpen(options) || LOOPBACK.test(host)) return null;
  return `api.host ${options.host}: whoever reaches this address could use the API; set JWT_SECRET (at least 32 characters) or api.auth.jwksUrl, or listen on 127.0.0.1`;
}

export function issueToken(
  secret: string,
  claims: {
    readonly role: ApiRole;
    readonly subject: string;
    readonly audience: string;
    readonly roleClaim: string;
  },
  validS: number,
  nowMs: number,
): Promise<string> {
  const nowS = Math.floor(nowMs / 1_000);
  return new SignJWT({ [claims.roleClaim]: claims.role })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setIssuer(ISSUER)
    .setAudience(claims.audience)
    .setSubject(claims.subject)
    .setIssuedAt(nowS)
    .setExpirationTime(nowS + validS)
    .sign(new TextEncoder().encode(secret));
}

/** Asks every request of a route for its role before anything else is done. */
export function guardRoutes(app: ApiApp, options: ApiOptions, clock: Clock): void {
  app.decorateRequest("caller", null);
  const verify = isOpen(options) ? null : verifier(options, clock);
  app.addHook("onRequest", async (request, reply) => {
    const needed = request.routeOptions.config.role ?? roleOf(request.method);
    if (verify === null) {
      if (!LOOPBACK.test(request.headers.host ?? ""))
        throw new ProblemError("forbidden", "without a secret only loopback names are answered");
      return;
    }
    // Of a path that there is not nothing is told to strangers but that.
    if (needed === "open" || request.is404) return;
    try {
      request.caller = await verify(request);
    } catch (thrown) {
      reply.header("www-authenticate", 'Bearer realm="millrace"');
      throw thrown;
    }
    if (ROLES.indexOf(request.caller.role) < ROLES.indexOf(needed))
      throw new ProblemError("forbidden", `needs the role ${needed}, the token has ${request.caller.role}`);
  });
}

const roleOf = (method: string): ApiRole | "open" =>
  method === "OPTIONS" ? "open" : method === "GET" || method === "HEAD" ? "read" : "write";

const TOKEN_CHARACTERS_MAX = 8_192;
/** For the provider's keys to come. */
const JWKS_TIMEOUT_MS = 5_000;
/** Older ones are fetched anew. */
const JWKS_AGE_MS = 600_000;

/** The provider did not answer, or not with keys: no word about the token. A set that has not its key is one. */
const isOfKeys = ({ code }: errors.JOSEError): boolean =>
  ["ERR_JOSE_GENERIC", "ERR_JWKS_TIMEOUT", "ERR_JWKS_INVALID"].includes(code);

function verifier(
  { auth }: ApiOptions,
  clock: Clock,
): (request: FastifyRequest) => Promise<{ subject: string; role: ApiRole }> {
  const secret = auth.jwtSecret === null ? null : new TextEncoder().encode(auth.jwtSecret);
  const remote =
    auth.jwksUrl === null
      ? null
      : createRemoteJWKSet(new URL(auth.jwksUrl), {
          timeoutDuration: JWKS_TIMEOUT_MS,
          cooldownDuration: auth.jwksCooldownMs,
          cacheMaxAge: JWKS_AGE_MS,
        });
  const common = () => ({
    audience: auth.audience,
    currentDate: new Date(clock.nowMs()),
    requiredClaims: ["exp"],
  });
  const payloadOf = async (token: string) => {
    const algorithm = algorithmOf(token);
    // Each kind of key has its own algorithms: a public key must never check an HMAC.
    if (algorithm === "HS256" && secret !== null)
      return (await jwtVerify(token, secret, { ...common(), algorithms: ["HS256"], issuer: ISSUER })).payload;
    if (remote !== null && algorithm !== "HS256") {
      const issuer = auth.issuer === null ? {} : { issuer: auth.issuer };
      const algorithms = ["RS256", "PS256", "ES256", "EdDSA"];
      return (await jwtVerify(token, remote, { ...common(), algorithms, ...issuer })).payload;
    }
    throw new ProblemError("unauthorized", "the token is not signed in a way that is taken here");
  };
  return async (request) => {
    const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
    if (token === undefined) throw new ProblemError("unauthorized", "Authorization: Bearer TOKEN is needed");
    if (token.length > TOKEN_CHARACTERS_MAX) throw new ProblemError("unauthorized", "the token is too long");
    try {
      const payload = await payloadOf(token);
      const role = ROLES.find((known) => known === payload[auth.roleClaim]);
      if (role === undefined) throw new ProblemError("forbidden", "the token has no role");
      return { subject: (payload.sub ?? "nobody").slice(0, 200), role };
    } catch (thrown) {
      if (thrown instanceof ProblemError) throw thrown;
      if (thrown instanceof errors.JWTExpired)
        throw new ProblemError("unauthorized", "the token has expired");
      if (thrown instanceof errors.JOSEError && !isOfKeys(thrown))
        throw new ProblemError("unauthorized", "the token is not valid");
      throw new ProblemError("unavailable", "the token's keys cannot be had now");
    }
  };
}

function algorithmOf(token: string): string | null {
  try {
    const head: unknown = JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString("utf8"));
    return typeof head === "object" && head !== null && "alg" in head && typeof head.alg === "string"
      ? head.alg
      : null;
  } catch {
    return null;
  }
}
