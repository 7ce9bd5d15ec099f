// How a Chromium of the rich lane is started, whoever speaks to it: every way out but the guarded proxy closed, and whatever costs
// and helps nobody off. Knows no page.
import type { Clock } from "../base/index.ts";
import type { DevToolsSession } from "./devtools.ts";
import type { GuardedProxy } from "./guarded-proxy.ts";

export interface BrowserOptions {
  readonly executable: string;
  readonly proxy: Pick<GuardedProxy, "url" | "user" | "password">;
  /** The whole field; null: the browser's own, with `product` behind it. */
  readonly userAgent: string | null;
  /** "millrace/1.0": who asks says so. */
  readonly product: string;
  readonly acceptLanguage: string;
  /** Certificates that nobody vouches for are taken (`--insecure`). */
  readonly insecure: boolean;
  readonly pageHeapMebibytes: number;
  readonly launchTimeoutMs: number;
  readonly clock: Clock;
}

/** Each closes a way on which a page could reach the network past the proxy, or something that costs and helps nobody. */
export const ARGUMENTS: readonly string[] = [
  // Loopback goes through the proxy as everything else does.
  "--proxy-bypass-list=<-loopback>",
  // Names are the proxy's to resolve; nothing is looked up, prefetched or preconnected here.
  "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
  "--dns-prefetch-disable",
  // A page and its frames share a process, and nothing else does: what a context holds is one page's alone.
  "--disable-site-isolation-trials",
  "--disable-features=IsolateOrigins,site-per-process,IsolateSandboxedIframes,PreconnectToSearch,NetworkPrediction,OptimizationHints,MediaRouter,Translate,AutofillServerCommunication,DnsOverHttps,AsyncDns,HttpsUpgrades,InterestFeedContentSuggestions",
  "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
  "--webrtc-ip-handling-policy=disable_non_proxied_udp",
  "--disable-quic",
  "--no-pings",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-domain-reliability",
  "--disable-client-side-phishing-detection",
  "--disable-extensions",
  "--no-first-run",
  "--mute-audio",
  "--disable-gpu",
  "--disable-dev-shm-usage",
];

/** What the driver says besides at each start, for the browser that is started without it. */
export const UNDRIVEN: readonly string[] = [
  "--headless",
  "--disable-field-trial-config",
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
  "--disable-back-forward-cache",
  "--disable-breakpad",
  "--disable-component-extensions-with-background-pages",
  "--disable-default-apps",
  "--disable-hang-monitor",
  "--disable-prompt-on-repost",
  "--disable-search-engine-choice-screen",
  "--force-color-profile=srgb",
  "--metrics-recording-only",
  "--no-default-browser-check",
  "--no-service-autorun",
  "--password-store=basic",
  "--use-mock-keychain",
  "--hide-scrollbars",
];

/** "en-US" of "en-US,en;q=0.9". */
export const localeOf = (acceptLanguage: string): string => acceptLanguage.split(/[,;]/, 1)[0] ?? "en-US";

/** Pages have this size where nothing else is wished. */
export const VIEWPORT = { width: 1280, height: 1024 } as const;

export interface Told {
  /** Of the browser's own process, whatever script it was started by; its children end with it. */
  readonly pid: number | null;
  readonly userAgent: string;
}

export async function toldBy(session: DevToolsSession): Promise<Told> {
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const { userAgent } = await session.send("Browser.getVersion");
  return { pid: processInfo.find(({ type }) => type === "browser")?.id ?? null, userAgent };
}
