import "@angular/compiler";
import { provideZonelessChangeDetection } from "@angular/core";
import { bootstrapApplication, provideClientHydration } from "@angular/platform-browser";
import { provideServerRendering, renderApplication } from "@angular/platform-server";
import { App, FIRST } from "./app.js";

const DOCUMENT = "<!doctype html><html><head></head><body><app-root></app-root></body></html>";

/** What stands in the body: the root element with its marks, and the state that the client takes over. */
export async function render(first) {
  const providers = [
    provideServerRendering(),
    provideZonelessChangeDetection(),
    provideClientHydration(),
    { provide: FIRST, useValue: first },
  ];
  const bootstrap = (context) => bootstrapApplication(App, { providers }, context);
  const page = await renderApplication(bootstrap, {
    document: DOCUMENT,
    url: "http://server.test/",
    allowedHosts: ["server.test"],
  });
  return /<body[^>]*>([\s\S]*)<\/body>/.exec(page)[1];
}
