// Who changed what: one row for each request that was to change something, whatever became of it. Reading leaves none. A row
// that cannot be written is logged and stops nobody.
import { type Clock, describe, uuidv7 } from "../base/index.ts";
import type { Log } from "../observe/index.ts";
import { query, type SqlSession, storable } from "../store/index.ts";
import type { ApiApp } from "./app.ts";

const INSERT = `insert into audit_log (id, at, subject, role, method, path, status, address)
values ($1::uuid, $2::timestamptz, $3, $4, $5, $6, $7::integer, $8)`;

export function auditWrites(app: ApiApp, session: SqlSession, clock: Clock, log: Pick<Log, "warn">): void {
  app.addHook("onResponse", async (request, reply) => {
    if (["GET", "HEAD", "OPTIONS"].includes(request.method)) return;
    const nowMs = clock.nowMs();
    const path = storable(request.url.split("?")[0] ?? "").slice(0, 2_000);
    try {
      await query(session, INSERT, [
        uuidv7(nowMs),
        new Date(nowMs).toISOString(),
        storable(request.caller?.subject ?? "anyone"),
        request.caller?.role ?? "none",
        request.method,
        path,
        reply.statusCode,
        request.ip,
      ]);
    } catch (thrown) {
      log.warn({ cause: describe(thrown) }, "a write could not be put into the audit log");
    }
  });
}
