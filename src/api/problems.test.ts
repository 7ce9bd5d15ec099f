// What a client that is still writing gets to see.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import fastify from "fastify";
import { answerProblems } from "./problems.ts";

test("a body that is too large is answered once it is written, and never by a broken pipe", async (t) => {
  const app = fastify({ bodyLimit: 1_000 });
  t.after(() => app.close());
  answerProblems(app, () => undefined);
  app.post("/", async () => "taken");
  await app.listen({ host: "127.0.0.1", port: 0 });
  const address = app.server.address();
  assert.ok(typeof address === "object" && address !== null);
  const lengthBytes = 8 * 1_048_576;
  for (const framing of [`content-length: ${lengthBytes}`, "transfer-encoding: chunked"]) {
    const client = connect(address.port, address.address);
    let answer = "";
    client.setEncoding("latin1").on("data", (text) => {
      answer += text;
    });
    const write = async (bytes: string | Uint8Array): Promise<void> => {
      if (!client.write(bytes)) await once(client, "drain");
    };
    await write(`POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n${framing}\r\n\r\n`);
    const isChunked = framing.startsWith("transfer");
    for (let sent = 0; sent < lengthBytes; sent += 65_536) {
      assert.equal(answer, "", "the answer waits for the end of the body");
      await write(isChunked ? `10000\r\n${"x".repeat(65_536)}\r\n` : Buffer.alloc(65_536, 120));
    }
    if (isChunked) await write("0\r\n\r\n");
    await once(client, "close");
    assert.match(answer, /^HTTP\/1\.1 413 .*"type":"urn:millrace:problem:body-too-large"/s);
  }
});
