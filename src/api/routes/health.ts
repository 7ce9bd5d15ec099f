// `/metrics` and `/health`: for machines that watch. Open to anyone who reaches the port.
import { z } from "zod";
import type { ApiApp } from "../app.ts";
import type { ApiFaces } from "../faces.ts";
import { answerIn, problems } from "../shapes.ts";

const health = z.object({ status: z.string(), reasons: z.array(z.string()) }).meta({ id: "Health" });
const live = z.object({ status: z.literal("live") });

export function healthRoutes(app: ApiApp, faces: ApiFaces): void {
  const tags = ["operation"];
  const config = { role: "open" } as const;
  app.get(
    "/metrics",
    {
      config,
      schema: {
        tags,
        summary: "Prometheus metrics",
        response: { 200: answerIn(["text/plain"], "text format 0.0.4"), ...problems },
      },
    },
    async (_request, reply) => {
      reply.header("content-type", faces.metrics.contentType);
      return reply.serializer((text) => String(text)).send(await faces.metrics.text());
    },
  );
  app.get(
    "/health/live",
    { config, schema: { tags, summary: "The process answers", response: { 200: live, ...problems } } },
    async () => ({ status: "live" as const }),
  );
  for (const path of ["/health", "/health/ready"])
    app.get(
      path,
      {
        config,
        schema: {
          tags,
          summary: "Whether it can work now",
          response: { 200: health, 503: health, ...problems },
        },
      },
      async (_request, reply) => {
        const { ready, reasons } = faces.health();
        return reply
          .code(ready ? 200 : 503)
          .send({ status: ready ? "ready" : "not ready", reasons: [...reasons] });
      },
    );
}
