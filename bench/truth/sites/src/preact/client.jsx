import { hydrate, render } from "preact";
import { first, hydrates, mount } from "../data.js";
import { App } from "./app.jsx";

(hydrates ? hydrate : render)(<App first={first()} />, mount());
