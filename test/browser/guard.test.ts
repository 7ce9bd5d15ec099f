// No page reaches what the address guard refuses, by whatever way a browser has: a server on loopback that nobody may reach
// sees no connection.
import assert from "node:assert/strict";
import { test } from "node:test";
import { whyNoBrowser } from "../services/index.ts";
import { fetched, rendererFor, site } from "./rendering.ts";

const never = new AbortController().signal;

test("a page that tries every way inside reaches nobody", { skip: whyNoBrowser() ?? false }, async (t) => {
  const canary = await site(t, (_, response) => void response.end("inside"));
  const inside = `127.0.0.1:${canary.port}`;
  const outside = await site(t, (request, response) => {
    if (request.url === "/redirect") response.writeHead(302, { location: `http://${inside}/redirected` });
    if (request.url === "/worker.js")
      response.setHeader("content-type", "text/javascript").write(`
        fetch("http://${inside}/worker").catch(() => {});
        try { importScripts("http://${inside}/imported.js") } catch {}
        new WebSocket("ws://${inside}/worker-socket");`);
    response.end();
  });
  const renderer = rendererFor(t, [`page.test:${outside.port}:127.0.0.1`], { blockedTypes: [] });
  const html = `<!doctype html>
    <link rel="preconnect" href="http://${inside}"><link rel="dns-prefetch" href="//${inside}">
    <link rel="prefetch" href="http://${inside}/prefetched"><link rel="stylesheet" href="http://${inside}/style.css">
    <link rel="modulepreload" href="http://${inside}/module.js"><link rel="icon" href="http://${inside}/icon">
    <img src="http://${inside}/image"><img src="/redirect"><iframe src="http://${inside}/frame"></iframe>
    <iframe src="http://localhost:${canary.port}/frame"></iframe><video src="http://${inside}/video"></video>
    <object data="http://${inside}/object"></object><script src="http://${inside}/script.js"></script>
    <script src="http://[::1]:${canary.port}/script.js"></script><script src="http://0x7f000001:${canary.port}/x.js"></script>
    <body><script>
      const tried = [];
      const attempt = (what) => { try { tried.push(what()) } catch {} };
      attempt(() => fetch("http://${inside}/fetch").catch(() => {}));
      attempt(() => fetch("http://${inside}/no-cors", { mode: "no-cors" }).catch(() => {}));
      attempt(() => fetch("/redirect", { mode: "no-cors" }).catch(() => {}));
      attempt(() => navigator.sendBeacon("http://${inside}/beacon", "x"));
      attempt(() => new WebSocket("ws://${inside}/socket"));
      attempt(() => new EventSource("http://${inside}/events"));
      attempt(() => new Worker("/worker.js"));
      attempt(() => new SharedWorker("/worker.js"));
      attempt(() => navigator.serviceWorker.register("/worker.js"));
      attempt(() => { const x = new XMLHttpRequest(); x.open("GET", "http://${inside}/xhr", false); x.send(); });
      attempt(() => window.open("http://${inside}/window"));
      attempt(() => {
        const peer = new RTCPeerConnection({ iceServers: [{ urls: ["stun:${inside}", "turn:${inside}?transport=tcp"], username: "a", credential: "b" }] });
        peer.createDataChannel("x");
        peer.createOffer().then((offer) => peer.setLocalDescription(offer));
      });
      attempt(() => import("http://${inside}/imported.js").catch(() => {}));
      setTimeout(() => { document.title = "tried " + tried.length; location.href = "http://${inside}/navigated"; }, 800);
    </script>`;
  const rendered = await renderer.render(fetched(`http://page.test:${outside.port}/`, html), "utf-8", never);
  assert.ok(rendered.ok, JSON.stringify(rendered));
  assert.match(rendered.value.html, /<title>tried 1\d<\/title>/);
  assert.ok(outside.connections() > 0, "the page's own host is reached");
  assert.deepEqual(canary.asked, []);
  assert.equal(canary.connections(), 0);
});
