// No page reaches what the address guard refuses, by whatever way a browser has: a server on loopback that nobody may reach
// sees no connection.
import assert from "node:assert/strict";
import dgram from "node:dgram";
import { once } from "node:events";
import { test } from "node:test";
import { whyNoBrowser } from "../services/index.ts";
import { fetched, rendererFor, site, type Test } from "./rendering.ts";

const never = new AbortController().signal;

test("a page that tries every way inside reaches nobody", { skip: whyNoBrowser() ?? false }, async (t) => {
  const canary = await site(t, (_, response) => void response.end("inside"));
  const inside = `127.0.0.1:${canary.port}`;
  const datagrams = await udpCanary(t, () => null);
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
        const peer = new RTCPeerConnection({ iceServers: [{ urls: ["stun:127.0.0.1:${datagrams.port}", "turn:127.0.0.1:${datagrams.port}", "turn:${inside}?transport=tcp"], username: "a", credential: "b" }] });
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
  assert.equal(datagrams.received(), 0);
});

test("a worker's way inside, and what only warms up a way, reach nobody either", {
  skip: whyNoBrowser() ?? false,
}, async (t) => {
  const canary = await site(t, (_, response) => void response.end("inside"));
  const inside = `127.0.0.1:${canary.port}`;
  const outside = await site(t, (request, response) => {
    response.setHeader("access-control-allow-origin", "*");
    if (request.url === "/moved") response.writeHead(307, { location: `http://${inside}/moved` });
    response.end();
  });
  const renderer = rendererFor(t, [`page.test:${outside.port}:127.0.0.1`], { blockedTypes: [] });
  const tries = `const told = []; const attempt = (what) => { try { told.push(what()); } catch (thrown) { told.push(thrown); } };
    attempt(() => fetch("http://${inside}/fetch").catch(() => {}));
    attempt(() => fetch("http://page.test:${outside.port}/moved").catch(() => {}));
    attempt(() => new WebSocket("ws://${inside}/socket"));
    attempt(() => new WebSocket("wss://${inside}/socket"));
    attempt(() => new EventSource("http://${inside}/events"));
    attempt(() => importScripts("http://${inside}/imported.js"));
    attempt(() => { const asking = new XMLHttpRequest(); asking.open("GET", "http://${inside}/xhr", false); asking.send(); });
    attempt(() => new WebTransport("https://${inside}/transport").ready.catch(() => {}));`;
  const html = `<!doctype html><title>-</title><body><script>
    const code = ${JSON.stringify(tries)};
    const blob = URL.createObjectURL(new Blob([code + "postMessage(told.length)"], { type: "text/javascript" }));
    const worker = new Worker(blob);
    worker.onmessage = ({ data }) => { document.title = "tried " + data; };
    new SharedWorker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
    navigator.serviceWorker?.register("/worker.js").catch(() => {});
    for (const rel of ["preconnect", "dns-prefetch", "prefetch", "prerender", "preload", "modulepreload"])
      document.head.append(Object.assign(document.createElement("link"), { rel, href: "http://${inside}/" + rel, as: "script" }));
    const rules = document.createElement("script");
    rules.type = "speculationrules";
    rules.textContent = '{"prefetch":[{"source":"list","urls":["http://${inside}/speculated"]}]}';
    document.head.append(rules);
    new Worker("data:text/javascript," + encodeURIComponent(code));
    const frame = document.createElement("iframe");
    frame.sandbox = "allow-scripts";
    frame.srcdoc = "<script>" + code + "</" + "script>";
    document.body.append(frame);
    </script>`;
  const rendered = await renderer.render(fetched(`http://page.test:${outside.port}/`, html), "utf-8", never);
  assert.ok(rendered.ok, JSON.stringify(rendered));
  assert.match(rendered.value.html, /<title>tried 8</);
  assert.ok(outside.asked.includes("/moved"));
  assert.deepEqual(canary.asked, []);
  assert.equal(canary.connections(), 0);
});

test("a name that leads inside at its second look-up leads nowhere: the address that was vetted is dialled or none", {
  skip: whyNoBrowser() ?? false,
}, async (t) => {
  const canary = await site(t, (_, response) => void response.end("inside"));
  const outside = await site(t, (_, response) => void response.end());
  const names = await udpCanary(t, (question, asked) =>
    addressOf(question, asked === 0 ? [11, 0, 0, 1] : [127, 0, 0, 1]),
  );
  const renderer = rendererFor(
    t,
    [`page.test:${outside.port}:127.0.0.1`],
    {},
    {
      connectTimeoutMs: 300,
      ipv6: "off",
      dns: { servers: [`127.0.0.1:${names.port}`], ttlMsMin: 0, ttlMsMax: 0 },
    },
  );
  const html = `<title>-</title><script>(async () => {
    for (let n = 0; n < 4; n++) await fetch("http://rebind.test:${canary.port}/" + n, { mode: "no-cors" }).catch(() => {});
    await new Promise((resolve) => { const socket = new WebSocket("ws://rebind.test:${canary.port}/"); socket.onerror = resolve; socket.onopen = resolve; });
    document.title = "tried";
  })()</script>`;
  const rendered = await renderer.render(fetched(`http://page.test:${outside.port}/`, html), "utf-8", never);
  assert.ok(rendered.ok, JSON.stringify(rendered));
  assert.match(rendered.value.html, /<title>tried</);
  assert.ok(names.received() >= 2, "the name was looked up again");
  assert.equal(canary.connections(), 0);
});

/** Counts datagrams and answers them. */
async function udpCanary(
  t: Test,
  answer: (message: Buffer, before: number) => Buffer | null,
): Promise<{ readonly port: number; received(): number }> {
  const socket = dgram.createSocket("udp4");
  let received = 0;
  socket.on("message", (message, { port, address }) => {
    const reply = answer(message, received++);
    if (reply !== null) socket.send(reply, port, address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  t.after(() => socket.close());
  return { port: socket.address().port, received: () => received };
}

/** RFC 1035 section 4.1: the question again, and one A record that lives for no time. */
function addressOf(question: Buffer, address: readonly number[]): Buffer {
  let end = 12;
  while (question[end] !== 0) end += (question[end] ?? 0) + 1;
  const head = Buffer.from(question.subarray(0, end + 5));
  head.writeUInt16BE(0x8180, 2);
  head.fill(0, 6, 12);
  head.writeUInt16BE(1, 6);
  return Buffer.concat([head, Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...address])]);
}
