// What every SQL session keeps: transactions are whole, exclusive and answered in order.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SqlSession } from "../../src/store/sql/session.ts";

export function sqlSessionConformance(name: string, opened: () => Promise<SqlSession>): void {
  test(`${name}: 1,000 interleaved transactions see none of each other's halves`, async () => {
    const session = await opened();
    await session.script(
      "drop table if exists accounts; create table accounts (id integer primary key, amount integer not null)",
    );
    await session.transaction([{ sql: "insert into accounts values (1, 1000), (2, 0)", values: [] }]);
    const outcomes = await Promise.all(
      Array.from({ length: 1000 }, async (_, at) => {
        const statements = [
          "update accounts set amount = amount - 1 where id = 1",
          "update accounts set amount = amount + 1 where id = 2",
          "select sum(amount)::integer as sum from accounts",
          `select 1 / ${at % 10}`,
        ];
        try {
          const results = await session.transaction(statements.map((sql) => ({ sql, values: [] })));
          return results[2]?.[0]?.sum;
        } catch {
          return null;
        }
      }),
    );
    assert.equal(outcomes.filter((sum) => sum === null).length, 100);
    assert.equal(outcomes.filter((sum) => sum === 1000).length, 900);
    const [rows] = await session.transaction([
      { sql: "select amount from accounts order by id", values: [] },
    ]);
    assert.deepEqual(
      rows?.map((row) => row.amount),
      [100, 900],
    );
    await session.script("drop table accounts");
  });

  test(`${name}: what is loose or urgent is answered as any other, row for row, and refused as any`, async () => {
    const session = await opened();
    const statements = ["select 1 as one", "select 2 as two"].map((sql) => ({ sql, values: [] }));
    for (const manner of [{ isLoose: true }, { isUrgent: true }, { isLoose: true, isUrgent: true }]) {
      const answers = await session.transaction(statements, undefined, manner);
      const rows = answers.map((each) => each.map((row) => ({ ...row })));
      assert.deepEqual(rows, [[{ one: 1 }], [{ two: 2 }]]);
      const refused = session.transaction([{ sql: "select 1 / 0", values: [] }], undefined, manner);
      await assert.rejects(refused, { name: "StatementFailed", sqlState: "22012" });
    }
  });

  test(`${name}: a refused statement tells its SQLSTATE and undoes its transaction`, async () => {
    const session = await opened();
    await session.script("create table if not exists things (id integer primary key)");
    await assert.rejects(
      session.transaction([
        { sql: "insert into things values (1)", values: [] },
        { sql: "insert into things values (1)", values: [] },
      ]),
      { name: "StatementFailed", sqlState: "23505" },
    );
    const [rows] = await session.transaction([{ sql: "select * from things", values: [] }]);
    assert.equal(rows?.length, 0);
    await session.script("drop table things");
  });
}
