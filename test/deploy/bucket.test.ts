// deploy/minio/make-bucket.sh against a real MinIO: the bucket another client then finds, made once; and its words when the
// keys are wrong or nobody answers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Client } from "minio";
import { startMinio, whyMissing } from "../services/index.ts";
import { lacks, run } from "./deployment.ts";

const why = whyMissing("minio") ?? lacks("curl", "curl is not installed");

test("make-bucket.sh makes the bucket, and is content where it is there", { skip: why }, async () => {
  const minio = await startMinio();
  try {
    const environment = {
      MINIO_ENDPOINT: minio.endpoint,
      MINIO_ACCESS_KEY: minio.accessKey,
      MINIO_SECRET_KEY: minio.secretKey,
      MINIO_BUCKET: "pages",
    };
    const make = (changed: Readonly<Record<string, string>> = {}) =>
      run("sh", ["deploy/minio/make-bucket.sh"], { ...environment, ...changed });
    assert.deepEqual(make(), { code: 0, stdout: "bucket pages: made\n", stderr: "" });
    assert.deepEqual(make(), { code: 0, stdout: "bucket pages: is there\n", stderr: "" });
    const client = new Client({
      endPoint: minio.host,
      port: minio.port,
      useSSL: false,
      accessKey: minio.accessKey,
      secretKey: minio.secretKey,
    });
    assert.equal(await client.bucketExists("pages"), true);
    const refused = make({ MINIO_SECRET_KEY: "wrong-horse" });
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /status 403[\s\S]*SignatureDoesNotMatch/);
    assert.ok(!refused.stderr.includes("wrong-horse"));
    const unnamed = make({ MINIO_BUCKET: "" });
    assert.notEqual(unnamed.code, 0);
    assert.match(unnamed.stderr, /MINIO_BUCKET/);
    await minio.stop();
    assert.notEqual(make().code, 0);
  } finally {
    await minio.dispose();
  }
});
