// Begins the console: the frame into the document, the stream of events beside it.
import { render } from "preact";
import { App } from "./app.tsx";
import { keepConnected } from "./live.ts";

const root = document.getElementById("root");
if (root !== null) render(<App />, root);
void keepConnected();
