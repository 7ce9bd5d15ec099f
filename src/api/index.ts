// Floor 7: the HTTP API. Serves what it is lent.

export { type ApiRole, issueToken, ROLES, unsafeBind } from "./auth.ts";
export type { ApiFaces, EngineFace, Health, RecipeNames } from "./faces.ts";
export { type ApiCall, remoteCall } from "./mcp/call.ts";
export { mcpServer } from "./mcp/server.ts";
export { type ApiOptions, apiOptions } from "./options.ts";
export { portTaken } from "./port.ts";
export { type ApiServer, apiOf, openApi } from "./server.ts";
