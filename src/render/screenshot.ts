// A picture of a page as it stands, within limits of height, pixels and bytes. Asked of the browser itself, whose WebP the
// driver does not offer. Knows no store.
import type { CDPSession, Page } from "playwright-core";
import { z } from "zod";
import { asError, type Clock, err, ok, type Result, within } from "../base/index.ts";
import type { Screenshot } from "../model/index.ts";
import type { ScreenshotOptions } from "./recipe.ts";

const LOOK_MS = 50;

const size = z.object({ width: z.number().positive(), height: z.number().positive() });
const layout = z.object({
  cssContentSize: size,
  cssVisualViewport: z.object({ clientWidth: z.number(), clientHeight: z.number(), pageY: z.number() }),
});

/** The error says why there is none. Rejects when the page is gone, and with the signal's reason. */
export async function screenshot(
  page: Page,
  options: ScreenshotOptions,
  clock: Clock,
  signal: AbortSignal,
): Promise<Result<Screenshot, string>> {
  await imagesThere(page, clock.monotonicMs() + options.timeoutMs, clock, signal);
  const session = await page.context().newCDPSession(page);
  try {
    const taking = taken(session, options).catch((thrown: unknown) => {
      if (page.isClosed()) throw thrown;
      return asError(thrown).message;
    });
    const shot = await within(clock, options.timeoutMs, taking, signal);
    signal.throwIfAborted();
    if (shot === null) return err(`not taken within ${options.timeoutMs} ms`);
    if (typeof shot === "string") return err(shot);
    if (shot.bytes.byteLength > options.bytesMax)
      return err(`${shot.bytes.byteLength} bytes; at most ${options.bytesMax} are kept`);
    return ok(shot);
  } finally {
    // Gone with its page is detached too.
    await session.detach().catch(() => undefined);
  }
}

async function taken(session: CDPSession, options: ScreenshotOptions): Promise<Screenshot> {
  const { type, quality, fullPage, heightMax, pixelsMax } = options;
  const { cssContentSize, cssVisualViewport } = layout.parse(await session.send("Page.getLayoutMetrics"));
  const width = Math.ceil(cssVisualViewport.clientWidth);
  const whole = Math.ceil(fullPage ? cssContentSize.height : cssVisualViewport.clientHeight);
  const height = Math.max(1, Math.min(whole, heightMax, Math.floor(pixelsMax / width)));
  const y = fullPage ? 0 : cssVisualViewport.pageY;
  const { data } = await session.send("Page.captureScreenshot", {
    format: type,
    ...(type === "png" ? {} : { quality }),
    clip: { x: 0, y, width, height, scale: 1 },
    captureBeyondViewport: fullPage,
  });
  return { mediaType: `image/${type}`, bytes: new Uint8Array(Buffer.from(data, "base64")), width, height };
}

/** Images wait to be seen; a picture of the whole page sees them all. Late ones are left out. */
async function imagesThere(page: Page, untilMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  while (clock.monotonicMs() < untilMs) {
    signal.throwIfAborted();
    if ((await page.evaluate(PENDING)) === 0) return;
    await clock.sleep(LOOK_MS, signal);
  }
}

const PENDING = `[...document.images].filter((image) => {
  if (image.loading === "lazy") image.loading = "eager";
  return !image.complete;
}).length + (document.fonts.status === "loading" ? 1 : 0)`;
