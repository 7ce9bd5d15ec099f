// MCP over HTTP ("Streamable HTTP", stateless): POST /mcp beside the API, under the same tokens and limits. Every request has a
// server of its own, so that nothing is kept between two.
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import type { ApiApp } from "../app.ts";
import { type Injectable, localCall } from "./call.ts";
import { mcpServer } from "./server.ts";

export function mcpRoutes(app: ApiApp, version: string): void {
  app.post("/mcp", { schema: { hide: true } }, async (request, reply) => {
    const { authorization, host } = request.headers;
    const call = localCall(app as Injectable, {
      ...(host === undefined ? {} : { host }),
      ...(authorization === undefined ? {} : { authorization }),
    });
    const server = mcpServer(call, version);
    // No session: what is asked is answered, as JSON or as a stream.
    const transport = new StreamableHTTPServerTransport({});
    reply.raw.once("close", () => void Promise.allSettled([transport.close(), server.close()]));
    // The SDK's own types are not exact about optional fields.
    await server.connect(transport as Parameters<typeof server.connect>[0]);
    reply.hijack();
    await transport.handleRequest(request.raw, reply.raw, request.body);
    return reply;
  });
}
