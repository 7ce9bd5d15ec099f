import { renderToString } from "react-dom/server";
import { App } from "./app.jsx";

export const render = async (first) => renderToString(<App first={first} />);
