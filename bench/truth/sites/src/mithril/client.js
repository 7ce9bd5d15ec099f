import m from "mithril";
import { first, later, mount, n } from "../data.js";

const block = ({ kind, title, text, href }) => {
  if (kind === "p" || kind === "h2") return m(kind, { class: n(kind) }, text);
  if (kind === "row") return m("div", { class: n("row") }, m("span", title), " ", m("span", text));
  if (kind === "comment") return m("div", { class: n("comment") }, m("b", title), m("p", text));
  return m("div", { class: n("card") }, m("h3", m("a", { href }, title)), m("p", text));
};

let page = first();
m.mount(mount(), {
  oninit: () =>
    later((next) => {
      page = next;
      m.redraw();
    }),
  view: () =>
    page === null
      ? m("div", { class: n("wait") }, PLAN.wait)
      : m(
          PLAN.semantic ? "main" : "div",
          { class: n("content") },
          m(
            PLAN.semantic ? "article" : "div",
            { class: n(page.kind) },
            m("h1", page.title),
            m("p", { class: n("byline") }, page.byline),
            page.blocks.map(block),
          ),
        ),
});
