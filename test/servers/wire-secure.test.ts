// The wire through TLS and a password: who has both comes in, who lacks one is told so in a line.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { systemClock } from "../../src/base/index.ts";
import { checkTopics, createTopics, type WireOptions } from "../../src/wire/index.ts";
import { pageOf } from "../../src/wire/testing/pages.ts";
import { type KafkaServer, startKafka, whyMissing } from "../services/index.ts";
import { MemoryClaims, publishAll, reading, until, wireAt } from "./wire-graph.ts";

const skip = whyMissing("kafka", "openssl") ?? false;

describe("a broker that asks for TLS and a password", { skip }, () => {
  let broker: KafkaServer;

  before(async () => {
    broker = await startKafka({ secure: true });
  });

  after(async () => {
    await broker?.dispose();
  });

  function wireWith(password: string | null, trusting: boolean): WireOptions {
    const { credentials } = broker;
    assert.ok(credentials !== null);
    const { mechanism, username, password: right, caFile } = credentials;
    return wireAt(broker.bootstrap, {
      sasl: { mechanism, username, password: password ?? right },
      tls: { enabled: true, ca: trusting ? readFileSync(caFile, "utf8") : null },
    });
  }

  test("lets pages through for who has both", async () => {
    const wire = wireWith(null, true);
    const made = await createTopics(wire, 1, systemClock);
    assert.ok(made.ok, JSON.stringify(made));
    assert.ok((await checkTopics(wire)).ok);
    const claims = new MemoryClaims();
    const sent = Array.from({ length: 200 }, (_, at) => pageOf(at));
    await publishAll(sent, wire, claims);
    const done = new Set<string>();
    const reader = reading({
      groupId: "suite",
      wire,
      claims,
      onPage: async (page) => void done.add(page.request.captureId),
    });
    await until("all pages are read", () => done.size === sent.length);
    reader.drain();
    await reader.ended;
  });

  test("is told apart from one that is away: wrong password, unknown authority", async () => {
    for (const wire of [wireWith("wrong", true), wireWith(null, false)]) {
      const checked = await checkTopics(wire);
      assert.ok(!checked.ok);
      assert.equal(checked.error.kind, "refused", checked.error.message);
      assert.match(checked.error.message, /does not let us in/);
      assert.ok(!checked.error.message.includes("wrong"));
    }
    const away = await checkTopics({ ...wireWith(null, true), bootstrapServers: ["127.0.0.1:1"] });
    assert.ok(!away.ok);
    assert.equal(away.error.kind, "away", away.error.message);
  });
});
