// Which recipe a page has, and with it everything in which the page is shown otherwise than the rest: options, steps,
// picture, pace, storage. The first that fits counts. Knows no browser.
import type { RenderOptions } from "./options.ts";
import {
  type Recipe,
  type ScreenshotOptions,
  type ScrollLimits,
  type Step,
  screenshotOf,
  scrollOf,
} from "./recipe.ts";

/** How one page is to be shown. */
export interface PagePlan {
  /** The recipe's; null where none fits. */
  readonly recipe: string | null;
  /** With what the recipe says in their place. */
  readonly options: RenderOptions;
  readonly steps: readonly Step[];
  readonly scroll: ScrollLimits | null;
  readonly screenshot: ScreenshotOptions | null;
  readonly viewport: { readonly width: number; readonly height: number } | null;
  readonly pace: { readonly minMs: number; readonly maxMs: number } | null;
  readonly storage: { readonly file: string; readonly isSaved: boolean } | null;
  /** It is not only read: somebody clicks, scrolls, takes a picture, brings storage along or stands in for its sockets. */
  readonly isActedIn: boolean;
}

export interface RecipeBook {
  /** `named`: the recipe that was asked for, which counts before the first that fits where it fits too. */
  planOf(url: string, named?: string): PagePlan;
  /** Of the slowest plan. */
  readonly pageTimeMsMax: number;
  readonly paceMsMax: number;
}

interface Entry {
  readonly plan: PagePlan;
  fits(url: URL): boolean;
}

export function recipeBook(options: RenderOptions): RecipeBook {
  const entries = options.recipes.map((recipe): Entry => {
    const { host, domain, path } = recipe.match;
    const pattern = path === undefined ? null : new URLPattern({ pathname: path });
    return {
      plan: planWith(recipe, options),
      fits({ hostname, pathname }) {
        const isThere =
          host === undefined ? hostname === domain || hostname.endsWith(`.${domain}`) : hostname === host;
        return isThere && (pattern === null || pattern.test({ pathname }));
      },
    };
  });
  const otherwise = planWith(null, options);
  const plans = [otherwise, ...entries.map(({ plan }) => plan)];
  return {
    planOf(url, named) {
      const parsed = URL.parse(url);
      const fitting = parsed === null ? [] : entries.filter(({ fits }) => fits(parsed));
      const asked = fitting.find(({ plan }) => plan.recipe === named);
      return (asked ?? fitting[0])?.plan ?? otherwise;
    },
    pageTimeMsMax: Math.max(...plans.map((plan) => plan.options.pageTimeMs)),
    paceMsMax: Math.max(...plans.map(({ pace }) => pace?.maxMs ?? 0)),
  };
}

function planWith(recipe: Recipe | null, options: RenderOptions): PagePlan {
  const screenshot = screenshotOf(recipe?.screenshot ?? options.screenshot);
  const blockedTypes = recipe?.blockedTypes ?? shownTypes(options.blockedTypes, screenshot !== null);
  const steps = recipe?.steps ?? [];
  const scroll = scrollOf(recipe?.scroll ?? options.scroll);
  const hasStorage = recipe?.storageState !== undefined;
  return {
    recipe: recipe?.name ?? null,
    options: {
      ...options,
      pageTimeMs: recipe?.pageTimeMs ?? options.pageTimeMs,
      settleMs: recipe?.settleMs ?? options.settleMs,
      quietMs: recipe?.quietMs ?? options.quietMs,
      settleMaxMs: recipe?.settleMaxMs ?? options.settleMaxMs,
      blockedTypes,
    },
    steps,
    scroll,
    screenshot,
    viewport: recipe?.viewport ?? null,
    pace: recipe?.pace ?? null,
    storage:
      recipe?.storageState === undefined
        ? null
        : { file: recipe.storageState, isSaved: recipe.saveStorageState },
    isActedIn:
      steps.length > 0 ||
      scroll !== null ||
      screenshot !== null ||
      hasStorage ||
      blockedTypes.includes("websocket"),
  };
}

/** A picture shows what is otherwise left out. */
const shownTypes = (
  blocked: RenderOptions["blockedTypes"],
  isPictured: boolean,
): RenderOptions["blockedTypes"] =>
  isPictured
    ? blocked.filter((type) => type !== "image" && type !== "font" && type !== "stylesheet")
    : blocked;
