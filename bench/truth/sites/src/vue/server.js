import { renderToString } from "@vue/server-renderer";
import { createSSRApp } from "vue";
import { App } from "./app.js";

export const render = (first) => renderToString(createSSRApp(App, { first }));
