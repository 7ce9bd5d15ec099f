import { hydrate, mount } from "svelte";
import { first, hydrates, mount as place } from "../data.js";
import App from "./App.svelte";

(hydrates ? hydrate : mount)(App, { target: place(), props: { first: first() } });
