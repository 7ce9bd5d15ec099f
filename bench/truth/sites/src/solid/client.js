import { createSignal, For } from "solid-js";
import h from "solid-js/h";
import { render } from "solid-js/web";
import { first, later, mount, n } from "../data.js";

const block = ({ kind, title, text, href }) => {
  if (kind === "p" || kind === "h2") return h(kind, { class: n(kind) }, text);
  if (kind === "row") return h("div", { class: n("row") }, h("span", title), " ", h("span", text));
  if (kind === "comment") return h("div", { class: n("comment") }, h("b", title), h("p", text));
  return h("div", { class: n("card") }, h("h3", h("a", { href }, title)), h("p", text));
};

function App() {
  const start = first();
  const [page, setPage] = createSignal(start);
  later(setPage);
  return h("div", { class: n("layout") }, () =>
    page() === null
      ? h("div", { class: n("wait") }, PLAN.wait)
      : h(
          PLAN.semantic ? "main" : "div",
          { class: n("content") },
          h(
            PLAN.semantic ? "article" : "div",
            { class: n(page().kind) },
            h("h1", page().title),
            h("p", { class: n("byline") }, page().byline),
            h(For, { each: () => page().blocks }, block),
          ),
        ),
  );
}

const place = mount();
place.replaceChildren();
render(App, place);
