import { createApp, createSSRApp } from "vue";
import { first, hydrates, mount } from "../data.js";
import { App } from "./app.js";

(hydrates ? createSSRApp : createApp)(App, { first: first() }).mount(mount());
