// What every Ack must do: settle once, split with the count up front, and let the worst part win.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Ack, Outcome } from "../../../src/engine/index.ts";
import type { Case } from "./suite.ts";

export type MakeAck = (onSettled: (outcome: Outcome) => void) => Ack;

const BY_RANK = ["delivered", "dropped", "later", "dead", "errored"] as const;

const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.constant<Outcome>({ kind: "delivered" }),
  fc.constant<Outcome>({ kind: "dropped", reason: "scope" }),
  fc.nat(1_000).map((delayMs): Outcome => ({ kind: "later", code: "status", delayMs })),
  fc.constant<Outcome>({ kind: "dead", code: "internal" }),
  fc.constant<Outcome>({ kind: "errored", error: new Error("gone") }),
);

/** A record that settles, or splits into such records. */
type Tree = { readonly outcome: Outcome } | { readonly parts: readonly Tree[] };
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    outcome.map((each) => ({ outcome: each })),
    fc.array(tie("tree"), { maxLength: 4 }).map((parts) => ({ parts })),
  ),
}));

function leaves(of: Tree): readonly Outcome[] {
  return "outcome" in of ? [of.outcome] : of.parts.flatMap(leaves);
}

export function ackSuite(make: MakeAck): readonly Case[] {
  return [
    {
      title: "it settles with its outcome, and a second settle or split breaks an invariant",
      run() {
        const outcomes: Outcome[] = [];
        const ack = make((each) => outcomes.push(each));
        ack.settle({ kind: "dropped", reason: "scope" });
        assert.deepEqual(outcomes, [{ kind: "dropped", reason: "scope" }]);
        assert.throws(() => ack.settle({ kind: "delivered" }));
        assert.throws(() => ack.split(2));
        assert.equal(outcomes.length, 1);
      },
    },
    {
      title: "a split into none is delivered at once",
      run() {
        const outcomes: Outcome[] = [];
        assert.deepEqual(make((each) => outcomes.push(each)).split(0), []);
        assert.deepEqual(outcomes, [{ kind: "delivered" }]);
      },
    },
    {
      title: "a part that settles before the next is handed on does not settle the whole",
      run() {
        const outcomes: Outcome[] = [];
        const [first, second] = make((each) => outcomes.push(each)).split(2);
        first?.settle({ kind: "delivered" });
        assert.equal(outcomes.length, 0);
        second?.settle({ kind: "delivered" });
        assert.equal(outcomes.length, 1);
      },
    },
    {
      title: "a part settles once, and the whole not beside its parts",
      run() {
        const whole = make(() => {});
        const [first] = whole.split(2);
        first?.settle({ kind: "delivered" });
        assert.throws(() => first?.settle({ kind: "delivered" }));
        assert.throws(() => whole.settle({ kind: "delivered" }));
      },
    },
    {
      title:
        "however it is split and in whatever order its parts settle, it settles once, last, with the worst",
      run() {
        fc.assert(
          fc.property(tree, fc.infiniteStream(fc.nat()), (of, chance) => {
            const outcomes: Outcome[] = [];
            const open: { ack: Ack; of: Tree }[] = [{ ack: make((each) => outcomes.push(each)), of }];
            while (open.length > 0) {
              assert.equal(outcomes.length, 0);
              const [next] = open.splice((chance.next().value ?? 0) % open.length, 1);
              if (next === undefined) break;
              if ("outcome" in next.of) next.ack.settle(next.of.outcome);
              else {
                const acks = next.ack.split(next.of.parts.length);
                next.of.parts.forEach((part, at) => {
                  const ack = acks[at];
                  if (ack !== undefined) open.push({ ack, of: part });
                });
              }
            }
            const expected = leaves(of).reduce(
              (worst, each) => Math.max(worst, BY_RANK.indexOf(each.kind)),
              0,
            );
            assert.deepEqual(
              outcomes.map((each) => each.kind),
              [BY_RANK[expected]],
            );
            const longestMs = Math.max(
              0,
              ...leaves(of).map((each) => (each.kind === "later" ? each.delayMs : 0)),
            );
            if (outcomes[0]?.kind === "later") assert.equal(outcomes[0].delayMs, longestMs);
          }),
        );
      },
    },
  ];
}
