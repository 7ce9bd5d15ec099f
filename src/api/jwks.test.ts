// Tokens of an identity provider: the right key, a rotated one, and every way in which a token is none. The provider is a server of
// the test that says which keys it has, or nothing.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import fastify from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from "jose";
import { systemClock } from "../base/index.ts";
import type { ApiApp } from "./app.ts";
import { guardRoutes, issueToken } from "./auth.ts";
import { apiOptions } from "./options.ts";
import { answerProblems } from "./problems.ts";

const COOLDOWN_MS = 400;
const ISSUER = "https://id.test/";
const SECRET = "a secret of more than thirty-two characters";

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

async function provider(t: TestContext) {
  const keys: JWK[] = [];
  const told = { count: 0, status: 200, body: null as string | null };
  const server = createServer((_, response) => {
    told.count++;
    response
      .writeHead(told.status, { "content-type": "application/json" })
      .end(told.body ?? JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  t.after(close);
  const { port } = server.address() as AddressInfo;
  const add = async (kid: string, algorithm = "RS256"): Promise<Pair> => {
    const pair = await generateKeyPair(algorithm, { extractable: true });
    keys.push({ ...(await exportJWK(pair.publicKey)), kid, alg: algorithm, use: "sig" });
    return pair;
  };
  return { url: `http://127.0.0.1:${port}/jwks.json`, keys, told, add, close };
}

function guarded(t: TestContext, auth: Record<string, unknown>) {
  const app: ApiApp = fastify().withTypeProvider<ZodTypeProvider>();
  t.after(() => app.close());
  answerProblems(app, () => undefined);
  guardRoutes(app, apiOptions.parse({ auth: { jwksCooldownMs: COOLDOWN_MS, ...auth } }), systemClock);
  app.get("/", (request) => ({ subject: request.caller?.subject }));
  app.post("/", () => ({}));
  const ask = async (token: string, method: "GET" | "POST" = "GET") => {
    const answer = await app.inject({ url: "/", method, headers: { authorization: `Bearer ${token}` } });
    const kind = String(answer.json().type ?? "").replace("urn:millrace:problem:", "");
    return { status: answer.statusCode, kind, subject: answer.json().subject, headers: answer.headers };
  };
  return ask;
}

interface Claims {
  readonly kid?: string;
  readonly alg?: string;
  readonly issuer?: string;
  readonly audience?: string;
  readonly expires?: string | null;
  readonly role?: string;
}

function signed(key: Parameters<SignJWT["sign"]>[0], claims: Claims = {}): Promise<string> {
  const {
    kid = "one",
    alg = "RS256",
    issuer = ISSUER,
    audience = "millrace",
    expires = "5m",
    role = "read",
  } = claims;
  const token = new SignJWT({ role })
    .setProtectedHeader({ alg, kid })
    .setIssuer(issuer)
    .setAudience(audience);
  token.setSubject("someone").setIssuedAt();
  if (expires !== null) token.setExpirationTime(expires);
  return token.sign(key);
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

test("a token of the provider's key is let in with its role, and beside it one of our own secret", async (t) => {
  const { url, add } = await provider(t);
  const one = await add("one");
  const curve = await add("two", "ES256");
  const ask = guarded(t, { jwksUrl: url, issuer: ISSUER, jwtSecret: SECRET });
  assert.deepEqual((await ask(await signed(one.privateKey))).subject, "someone");
  assert.equal((await ask(await signed(curve.privateKey, { kid: "two", alg: "ES256" }))).status, 200);
  assert.equal((await ask(await signed(one.privateKey), "POST")).kind, "forbidden");
  assert.equal((await ask(await signed(one.privateKey, { role: "write" }), "POST")).status, 200);
  assert.equal((await ask(await signed(one.privateKey, { role: "king" }))).kind, "forbidden");
  const claims = { role: "read", subject: "own", audience: "millrace", roleClaim: "role" } as const;
  assert.equal((await ask(await issueToken(SECRET, claims, 60, systemClock.nowMs()))).subject, "own");
});

test("what is expired, of another issuer, audience, key or algorithm is no token", async (t) => {
  const { url, add, keys } = await provider(t);
  const one = await add("one");
  const stranger = await generateKeyPair("RS256", { extractable: true });
  const ask = guarded(t, { jwksUrl: url, issuer: ISSUER });
  const pem = new TextEncoder().encode(await exportSPKI(one.publicKey));
  const modulus = new TextEncoder().encode(String(keys[0]?.n));
  const claims = { iss: ISSUER, aud: "millrace", sub: "someone", role: "admin", exp: 4_000_000_000 };
  const good = await signed(one.privateKey);
  const [head = "", , signature = ""] = good.split(".");
  const cases: Readonly<Record<string, string>> = {
    expired: await signed(one.privateKey, { expires: "-1s" }),
    "without an end": await signed(one.privateKey, { expires: null }),
    "of another issuer": await signed(one.privateKey, { issuer: "https://other.test/" }),
    "for somebody else": await signed(one.privateKey, { audience: "other" }),
    "signed by another key of that name": await signed(stranger.privateKey),
    "signed with the public key as a secret": await signed(pem, { alg: "HS256" }),
    "signed with the key's number as a secret": await signed(modulus, { alg: "HS256" }),
    "not signed": `${part({ alg: "none", kid: "one" })}.${part(claims)}.`,
    "not signed, in capitals": `${part({ alg: "NONE", kid: "one" })}.${part(claims)}.`,
    "with other claims than were signed": `${head}.${part(claims)}.${signature}`,
    "with a key of its own": `${part({ alg: "RS256", jwk: await exportJWK(stranger.publicKey) })}.${(await signed(stranger.privateKey)).split(".").slice(1).join(".")}`,
    "no token at all": "a.b.c",
  };
  assert.equal((await ask(good)).status, 200);
  for (const [what, token] of Object.entries(cases)) {
    const refused = await ask(token, "POST");
    assert.deepEqual([refused.status, refused.kind], [401, "unauthorized"], what);
    assert.match(String(refused.headers["www-authenticate"]), /^Bearer /, what);
  }
  const both = guarded(t, { jwksUrl: url, issuer: ISSUER, jwtSecret: SECRET });
  for (const key of [pem, modulus])
    assert.equal((await both(await signed(key, { alg: "HS256", issuer: "millrace" }))).status, 401);
});

test("a new key is fetched when a token names it, and unknown names fetch no more than the cooldown lets them", async (t) => {
  const { url, add, keys, told } = await provider(t);
  const one = await add("one");
  const ask = guarded(t, { jwksUrl: url, issuer: ISSUER });
  assert.equal((await ask(await signed(one.privateKey))).status, 200);
  assert.equal(told.count, 1);
  const two = await add("two");
  for (let nth = 0; nth < 20; nth++)
    assert.equal((await ask(await signed(one.privateKey, { kid: `unknown-${nth}` }))).status, 401);
  assert.ok(told.count <= 2, `${told.count} fetches`);
  await sleep(COOLDOWN_MS + 100);
  assert.equal((await ask(await signed(two.privateKey, { kid: "two" }))).status, 200);
  keys.shift();
  await sleep(COOLDOWN_MS + 100);
  await ask(await signed(one.privateKey, { kid: "unknown" }));
  assert.equal((await ask(await signed(one.privateKey))).status, 401, "the old key is gone");
});

test("while the provider is down or talks nonsense nobody is called a stranger, and known keys go on", async (t) => {
  const { url, add, told, close } = await provider(t);
  const one = await add("one");
  for (const [status, body] of [
    [500, ""],
    [200, "<html>"],
    [200, '{"keys": 1}'],
  ] as const) {
    told.status = status;
    told.body = body;
    const ask = guarded(t, { jwksUrl: url, issuer: ISSUER });
    const refused = await ask(await signed(one.privateKey));
    assert.deepEqual([refused.status, refused.kind], [503, "unavailable"], `${status} ${body}`);
  }
  told.status = 200;
  told.body = null;
  const ask = guarded(t, { jwksUrl: url, issuer: ISSUER });
  assert.equal((await ask(await signed(one.privateKey))).status, 200);
  close();
  assert.equal((await ask(await signed(one.privateKey))).status, 200);
  const late = guarded(t, { jwksUrl: url, issuer: ISSUER });
  assert.equal((await late(await signed(one.privateKey))).status, 503);
  assert.equal((await late("a.b.c")).status, 401, "for this no key is needed");
});
