// The browser of the rich lane's tests: whichever is here already, else Debian's Chromium as a package of the system.
import { testBrowser } from "../services/browser.ts";
import { installPrograms, type SystemProgram } from "./system.ts";

const chromium: SystemProgram = {
  title: "Chromium",
  aptPackage: "chromium",
  isHere: () => testBrowser() !== null,
};

/** A line when there is none and none could be installed. Not beside another step that calls apt-get: it has one lock. */
export async function setUpBrowser(): Promise<string[]> {
  return await installPrograms([chromium]);
}
