// A Control that answers with made-up words, for the tests of how questions travel.
import { err, ok } from "../../base/index.ts";
import type { Control } from "../control.ts";

const refused = async () => err({ code: "internal" as const, message: "not in this test" });

export const answering: Control = {
  why: async ({ url }) =>
    ok({
      url,
      state: "stored",
      code: null,
      message: null,
      status: 200,
      finalUrl: url,
      depth: 1,
      attempts: 1,
      referrer: null,
      crawlId: "c",
      nextAttemptMs: null,
      history: [],
    }),
  search: refused,
  status: refused,
  dlqList: refused,
  dlqShow: refused,
  dlqReplay: refused,
  dlqDrop: refused,
  routeMemory: refused,
  metrics: async () => ok({ text: "up 1\n" }),
  subjectsAdd: refused,
  jobBegin: refused,
  jobRun: refused,
  export: refused,
};
