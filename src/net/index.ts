// Floor 2: address guard, resolver, guarded dial: what fetch, render, webhooks and jobs all dial through.
export { refusalOf } from "./address-guard.ts";
export type { DialFailure } from "./dial-failure.ts";
export { checkNetOptions, createDialer, type Dialer, type Dialled, type DialTarget } from "./dialer.ts";
export type { Alpn } from "./handshake.ts";
export { type NetOptions, netOptionsSchema } from "./options.ts";
