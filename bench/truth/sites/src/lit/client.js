import "@lit-labs/ssr-client/lit-element-hydrate-support.js";
import { first } from "../data.js";
import { SitePage } from "./app.js";

const element = document.querySelector(PLAN.tag);
if (PLAN.mode !== "client") element.page = first();
customElements.define(PLAN.tag, SitePage);
