import "@angular/compiler";
import { provideZonelessChangeDetection } from "@angular/core";
import { bootstrapApplication, provideClientHydration } from "@angular/platform-browser";
import { first, hydrates } from "../data.js";
import { App, FIRST } from "./app.js";

bootstrapApplication(App, {
  providers: [
    provideZonelessChangeDetection(),
    { provide: FIRST, useValue: first() },
    ...(hydrates ? [provideClientHydration()] : []),
  ],
}).catch((error) => console.error(error));
