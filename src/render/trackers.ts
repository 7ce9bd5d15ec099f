// Hosts that measure, advertise or watch and never bring text: not loaded unless the user wants them. A host stands for all
// under it. Chosen by hand: what sites load most, and nothing that also serves pages people read.

const TRACKERS: readonly string[] = [
  // Measuring.
  "google-analytics.com",
  "analytics.google.com",
  "googletagmanager.com",
  "googleoptimize.com",
  "stats.wp.com",
  "pixel.wp.com",
  "static.cloudflareinsights.com",
  "cloudflareinsights.com",
  "plausible.io",
  "cdn.usefathom.com",
  "scripts.simpleanalyticscdn.com",
  "static.hotjar.com",
  "script.hotjar.com",
  "vars.hotjar.com",
  "clarity.ms",
  "fullstory.com",
  "rs.fullstory.com",
  "mouseflow.com",
  "script.crazyegg.com",
  "cdn.heapanalytics.com",
  "heapanalytics.com",
  "cdn.mxpnl.com",
  "api-js.mixpanel.com",
  "cdn.amplitude.com",
  "api.amplitude.com",
  "api2.amplitude.com",
  "cdn.segment.com",
  "api.segment.io",
  "cdn.rudderlabs.com",
  "app.posthog.com",
  "us.i.posthog.com",
  "eu.i.posthog.com",
  "js-agent.newrelic.com",
  "bam.nr-data.net",
  "browser.sentry-cdn.com",
  "ingest.sentry.io",
  "browser-intake-datadoghq.com",
  "sb.scorecardresearch.com",
  "scorecardresearch.com",
  "quantserve.com",
  "quantcount.com",
  "chartbeat.com",
  "chartbeat.net",
  "static.parsely.com",
  "mc.yandex.ru",
  "mc.yandex.com",
  "hm.baidu.com",
  "cnzz.com",
  "wcs.naver.net",
  "wcs.naver.com",
  "counter.yadro.ru",
  "top-fwz1.mail.ru",
  "omtrdc.net",
  "2o7.net",
  "demdex.net",
  "cdn.branch.io",
  "cdn.optimizely.com",
  "logx.optimizely.com",
  "dev.visualwebsiteoptimizer.com",
  "snap.licdn.com",
  "px.ads.linkedin.com",
  "connect.facebook.net",
  "analytics.tiktok.com",
  "static.ads-twitter.com",
  "analytics.twitter.com",
  "ct.pinterest.com",
  "s.pinimg.com",
  "sc-static.net",
  "tr.snapchat.com",
  "bat.bing.com",
  "js.hs-analytics.net",
  "js.hsadspixel.net",
  "munchkin.marketo.net",
  // Advertising.
  "doubleclick.net",
  "googlesyndication.com",
  "googleadservices.com",
  "googletagservices.com",
  "adservice.google.com",
  "imasdk.googleapis.com",
  "fundingchoicesmessages.google.com",
  "amazon-adsystem.com",
  "adnxs.com",
  "adsrvr.org",
  "criteo.com",
  "criteo.net",
  "taboola.com",
  "outbrain.com",
  "rubiconproject.com",
  "pubmatic.com",
  "openx.net",
  "casalemedia.com",
  "indexww.com",
  "sharethrough.com",
  "3lift.com",
  "smartadserver.com",
  "teads.tv",
  "moatads.com",
  "adsafeprotected.com",
  "doubleverify.com",
  "media.net",
  "bidswitch.net",
  "id5-sync.com",
  "mathtag.com",
  "rlcdn.com",
  "bluekai.com",
  "krxd.net",
  "yieldmo.com",
  "adform.net",
  "an.yandex.ru",
  "pos.baidu.com",
];

export interface BlockedHostOptions {
  readonly blockTrackers: boolean;
  /** Further ones, with all under them. */
  readonly blockedHosts: readonly string[];
}

/** Whether nothing is loaded from a host, as the WHATWG URL parser writes it. */
export function hostBlocker({
  blockTrackers,
  blockedHosts,
}: BlockedHostOptions): (hostname: string) => boolean {
  const blocked = new Set([
    ...(blockTrackers ? TRACKERS : []),
    ...blockedHosts.map((host) => host.toLowerCase()),
  ]);
  return (hostname) => {
    for (let name = hostname.replace(/\.$/, ""); name !== ""; ) {
      if (blocked.has(name)) return true;
      const dot = name.indexOf(".");
      if (dot === -1) return false;
      name = name.slice(dot + 1);
    }
    return false;
  };
}
