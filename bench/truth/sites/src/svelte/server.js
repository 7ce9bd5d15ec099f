import { render as rendered } from "svelte/server";
import App from "./App.svelte";

export const render = async (first) => (await rendered(App, { props: { first } })).body;
