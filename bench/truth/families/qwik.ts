// Resumable pages, as Qwik writes them: all of the text from the server, marks and serialised state for a script that waits for a click.
import { contentsOf } from "../web/content.ts";
import { handSite } from "../web/hand-site.ts";
import { pageHtml } from "../web/markup.ts";
import { type Family, inScript, script } from "../web/site.ts";

const LOADER = `(function(d){["click","input","qvisible"].forEach(function(e){d.addEventListener(e,function(v){var t=v.target.closest&&v.target.closest("[on\\\\:"+e+"]");if(t)import(t.getAttribute("on:"+e).split("#")[0])},true)})})(document);`;

export const qwik: Family = {
  name: "qwik",
  variants: ["resumed", "stated", "visible"],
  hosts: 3,
  async site(plan) {
    const { variant } = plan;
    const chunk = `/build/q-${plan.number}.js`;
    return handSite(
      plan,
      contentsOf(plan),
      (content, path) => {
        const visible = variant === "visible" ? `<div on:qvisible="${chunk}#s_seen" q:id="9"></div>` : "";
        const text = pageHtml(
          content,
          plan,
          `<button on:click="${chunk}#s_like" q:id="4">♥</button>${visible}`,
        )
          .replaceAll("<p ", '<p q:key="p0" ')
          .replaceAll("<div ", '<div q:key="d1" ');
        const state = {
          refs: { 4: "0 1" },
          ctx: {},
          objs: variant === "stated" ? content.blocks : [content.id],
          subs: [],
        };
        return {
          document: {
            body: `<!--qv q:id=0 q:key=${content.id}:-->${text}<!--/qv-->`,
            bodyAttributes: ` q:container="paused" q:version="1.9.0" q:render="ssr" q:base="/build/" q:route="${path}"`,
            end: `<script type="qwik/json">${inScript(state)}</script><script id="qwikloader">${LOADER}</script><script>window.qwikevents||(window.qwikevents=[]);window.qwikevents.push("click")</script>`,
          },
          expected: "fast",
        };
      },
      [[chunk, script("export const s_like=()=>{},s_seen=()=>{};")]],
    );
  },
};
