// What the recipes can be told: one key a recipe.
import { z } from "zod";
import { imagesOptions } from "./images/options.ts";

export const recipesOptions = z.strictObject({ images: imagesOptions.prefault({}) });

/** Variables with names of their own, and the keys they stand for. */
export const recipesVariables = { RUN_ON_STARTUP: "recipes.images.schedule.runOnStartup" } as const;
