import { createRoot, hydrateRoot } from "react-dom/client";
import { first, hydrates, mount } from "../data.js";
import { App } from "./app.jsx";

if (hydrates) hydrateRoot(mount(), <App first={first()} />);
else createRoot(mount()).render(<App first={first()} />);
