import { h, onMounted, ref } from "vue";
import { later, n } from "../data.js";

const block = ({ kind, title, text, href }) => {
  if (kind === "p" || kind === "h2") return h(kind, { class: n(kind) }, text);
  if (kind === "row") return h("div", { class: n("row") }, [h("span", title), " ", h("span", text)]);
  if (kind === "comment") return h("div", { class: n("comment") }, [h("b", title), h("p", text)]);
  return h("div", { class: n("card") }, [h("h3", [h("a", { href }, title)]), h("p", text)]);
};

const view = (page) =>
  h(PLAN.semantic ? "main" : "div", { class: n("content") }, [
    h(PLAN.semantic ? "article" : "div", { class: n(page.kind) }, [
      h("h1", page.title),
      h("p", { class: n("byline") }, page.byline),
      ...page.blocks.map(block),
    ]),
  ]);

export const App = {
  props: ["first"],
  setup({ first }) {
    const page = ref(first);
    const count = ref(0);
    onMounted(() => later((next) => (page.value = next)));
    return () =>
      h("div", { class: n("layout") }, [
        page.value === null ? h("div", { class: n("wait") }, PLAN.wait) : view(page.value),
        h("button", { type: "button", onClick: () => count.value++ }, `♥ ${count.value}`),
      ]);
  },
};
