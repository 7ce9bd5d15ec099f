// The HTTP API as a whole: Fastify with its plugins in their order, every error a problem, every route from routes/. Opens the
// port and closes it; what it serves is lent.

import cors from "@fastify/cors";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import fastify from "fastify";
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from "fastify-type-provider-zod";
import { err, ok, type Result } from "../base/index.ts";
import type { Failure } from "../model/index.ts";
import type { ApiApp } from "./app.ts";
import { auditWrites } from "./audit.ts";
import { guardRoutes, unsafeBind } from "./auth.ts";
import { serveConsole } from "./console.ts";
import type { ApiFaces } from "./faces.ts";
import { mcpRoutes } from "./mcp/http.ts";
import { methodsElsewhere } from "./methods.ts";
import type { ApiOptions } from "./options.ts";
import { portFailure } from "./port.ts";
import { answerBrokenRequest, answerProblems, ProblemError, sendProblem } from "./problems.ts";
import { engineRoutes } from "./routes/engine.ts";
import { eventRoutes } from "./routes/events.ts";
import { healthRoutes } from "./routes/health.ts";
import { jobRoutes } from "./routes/jobs.ts";
import { pageRoutes } from "./routes/pages.ts";
import { scheduleRoutes } from "./routes/schedules.ts";
import { subjectRoutes } from "./routes/subjects.ts";
import { taskRoutes } from "./routes/tasks.ts";

export interface ApiServer {
  /** "http://127.0.0.1:8000" */
  readonly url: string;
  close(): Promise<void>;
}

export async function openApi(options: ApiOptions, faces: ApiFaces): Promise<Result<ApiServer, Failure>> {
  const unsafe = unsafeBind(options);
  if (unsafe !== null) return err({ code: "policy", message: unsafe });
  const app = await apiOf(options, faces);
  try {
    await app.listen({ host: options.host, port: options.port });
  } catch (thrown) {
    await app.close();
    return err(portFailure(options, thrown));
  }
  const at = app.server.address();
  const port = typeof at === "object" && at !== null ? at.port : options.port;
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  return ok({
    url: `http://${host}:${port}`,
    async close() {
      app.server.closeIdleConnections();
      await app.close();
    },
  });
}

/** The console's own files and nothing from elsewhere; the picture of a page is ours too. */
const CSP = {
  directives: {
    defaultSrc: ["'self'"],
    imgSrc: ["'self'", "data:"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    scriptSrc: ["'self'"],
    objectSrc: ["'none'"],
    frameAncestors: ["'none'"],
    // Also served over plain HTTP on loopback.
    upgradeInsecureRequests: null,
  },
};

/** The server without a port: what tests inject requests into. */
export async function apiOf(options: ApiOptions, faces: ApiFaces): Promise<ApiApp> {
  const app = fastify({
    bodyLimit: options.bodyBytesMax,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 2_000 },
    // Whoever is waited for is answered; who is idle is cut.
    forceCloseConnections: "idle",
    requestTimeout: 120_000,
    logger: false,
    clientErrorHandler: answerBrokenRequest,
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerProblems(app, (error) => faces.log.error({ err: error }, "a request failed"));
  // A POST that needs no body may come without one, whatever type it names.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, (_request, body, done) => {
    const text = String(body);
    if (text.trim() === "") return done(null, undefined);
    try {
      done(null, JSON.parse(text));
    } catch {
      done(new ProblemError("malformed-json", "the body is no JSON"));
    }
  });
  const methods = methodsElsewhere(app);
  app.setNotFoundHandler((request, reply) => {
    const allowed = methods(request.url);
    if (allowed.length === 0) return sendProblem(request, reply, "not-found", "no such path");
    reply.header("allow", allowed.join(", "));
    return sendProblem(request, reply, "method-not-allowed", `allowed here: ${allowed.join(", ")}`);
  });
  guardRoutes(app, options, faces.clock);
  auditWrites(app, faces.store.session, faces.clock, faces.log);
  app.addHook("onResponse", async ({ method, routeOptions }, reply) => {
    const route = routeOptions.url ?? "none";
    faces.metrics.httpAnswered(route, method, reply.statusCode, reply.elapsedTime);
  });
  await app.register(helmet, { contentSecurityPolicy: CSP });
  await app.register(cors, { origin: [...options.cors.origins], maxAge: 600 });
  await app.register(rateLimit, {
    max: options.rateLimit.requestsMax,
    timeWindow: options.rateLimit.windowMs,
    cache: options.rateLimit.clientsMax,
    errorResponseBuilder: (_request, context) =>
      new ProblemError("too-many-requests", `again in ${context.after}`),
  });
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "millrace", description: "Scrapes, crawls and their results.", version: faces.version },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  await app.register(swaggerUi, { routePrefix: "/docs" });
  app.get("/openapi.json", { config: { role: "open" }, schema: { hide: true } }, () => app.swagger());
  taskRoutes(app, faces);
  eventRoutes(app, faces, options);
  scheduleRoutes(app, faces);
  jobRoutes(app, faces);
  pageRoutes(app, faces);
  subjectRoutes(app, faces);
  engineRoutes(app, faces);
  healthRoutes(app, faces);
  mcpRoutes(app, faces.version);
  serveConsole(app, faces.consoleFolder);
  return app;
}
