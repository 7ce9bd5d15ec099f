// The browser of the rich lane's tests: a headless shell, which the lane itself prefers; where the system's archive has none, any
// Chromium.
import { testBrowser } from "../services/browser.ts";
import { installPrograms, type SystemProgram } from "./system.ts";

const shell: SystemProgram = {
  title: "Chromium's headless shell",
  aptPackage: "chromium-headless-shell",
  isHere: () => testBrowser()?.kind === "shell",
};
const whole: SystemProgram = {
  title: "Chromium",
  aptPackage: "chromium",
  isHere: () => testBrowser() !== null,
};

/** A line when there is none and none could be installed. Not beside another step that calls apt-get: it has one lock. */
export async function setUpBrowser(): Promise<string[]> {
  const without = await installPrograms([shell]);
  return without.length === 0 ? [] : await installPrograms([whole]);
}
