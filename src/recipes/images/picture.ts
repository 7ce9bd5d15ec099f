// Is this a picture, of which kind, how large, and whole? By its bytes alone. The library that decodes is loaded with the first
// picture; what looks like none never reaches it.
import { hash } from "node:crypto";
import { describe, err, ok, type Result } from "../../base/index.ts";
import type { Failure } from "../../model/index.ts";
import { breaksOff } from "./announced-length.ts";
import type { ImagesOptions, ImageType } from "./options.ts";

export interface Picture {
  readonly type: ImageType;
  readonly contentType: string;
  /** For {ext}. */
  readonly extension: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
  /** Of what came, before it was made anew. */
  readonly sourceSha256: string;
  readonly width: number;
  readonly height: number;
}

const EXTENSIONS: Readonly<Record<ImageType, string>> = {
  jpeg: "jpg",
  png: "png",
  webp: "webp",
  gif: "gif",
  avif: "avif",
};

/** By the signature of its first bytes (MIME Sniffing Standard, section 6.1; AVIF by its brands); null: none that is taken. */
export function typeOf(head: Uint8Array): ImageType | null {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, 64)).toString("latin1");
  if (text.startsWith("\xff\xd8\xff")) return "jpeg";
  if (text.startsWith("\x89PNG\r\n\x1a\n")) return "png";
  if (text.startsWith("RIFF") && text.slice(8, 12) === "WEBP") return "webp";
  if (text.startsWith("GIF87a") || text.startsWith("GIF89a")) return "gif";
  if (text.slice(4, 8) === "ftyp" && /avi[fs]/.test(text.slice(8))) return "avif";
  return null;
}

type Limits = Pick<ImagesOptions, "limits" | "types" | "reencode">;

/** `unsupported_type`, `policy` (too small), `too_large` (to decode), `truncated`, `decode`. */
export async function readPicture(source: Uint8Array, options: Limits): Promise<Result<Picture, Failure>> {
  const { limits, types, reencode } = options;
  const type = typeOf(source);
  if (type === null || !types.includes(type))
    return err({
      code: "unsupported_type",
      message: `not a picture that is taken: ${type ?? looksLike(source)}`,
    });
  if (source.byteLength < limits.bytesMin)
    return err({
      code: "policy",
      message: `${source.byteLength} bytes: at least ${limits.bytesMin} are wanted`,
    });
  if (breaksOff(source, type))
    return err({
      code: "truncated",
      message: `the ${type} says that it is longer than ${source.byteLength} bytes`,
    });
  const size = await sizeOf(source, type, limits.pixelsMax);
  if (!size.ok) return size;
  const { width, height } = size.value;
  if (width < limits.widthMin || height < limits.heightMin)
    return err({
      code: "policy",
      message: `${width} × ${height} pixels: at least ${limits.widthMin} × ${limits.heightMin} are wanted`,
    });
  const whole = await decoded(source, limits.pixelsMax);
  if (!whole.ok) return whole;
  const sourceSha256 = hash("sha256", source, "hex");
  if (reencode === null)
    return ok({
      type,
      contentType: `image/${type}`,
      extension: EXTENSIONS[type],
      bytes: source,
      sha256: sourceSha256,
      sourceSha256,
      width,
      height,
    });
  return madeAnew(source, sourceSha256, reencode, limits.pixelsMax);
}

async function sizeOf(
  source: Uint8Array,
  type: ImageType,
  pixelsMax: number,
): Promise<Result<{ width: number; height: number }, Failure>> {
  const sharp = await library();
  try {
    // Of the header alone: nothing is decoded yet, so no limit applies here.
    const { width, height, pages, orientation, format, pageHeight } = await sharp(source, {
      limitInputPixels: false,
      pages: -1,
      failOn: "none",
    }).metadata();
    const frame = pageHeight ?? height;
    if (width * frame * (pages ?? 1) > pixelsMax)
      return err({
        code: "too_large",
        message: `${width} × ${frame} pixels${(pages ?? 1) > 1 ? `, ${pages} frames` : ""}: more than ${pixelsMax} are not decoded`,
      });
    if (format !== type && !(format === "heif" && type === "avif"))
      return err({ code: "decode", message: `${type} by its first bytes, ${format} by its header` });
    const isTurned = (orientation ?? 1) >= 5;
    return ok({ width: isTurned ? frame : width, height: isTurned ? width : frame });
  } catch (thrown) {
    return err(unreadable(thrown));
  }
}

/** To the last row, at the smallest size: a picture that breaks off is told from a whole one. */
async function decoded(source: Uint8Array, pixelsMax: number): Promise<Result<null, Failure>> {
  const sharp = await library();
  try {
    await sharp(source, { limitInputPixels: pixelsMax, failOn: "error", sequentialRead: true })
      .resize(8, 8, { fit: "fill" })
      .raw()
      .toBuffer();
    return ok(null);
  } catch (thrown) {
    return err(unreadable(thrown));
  }
}

async function madeAnew(
  source: Uint8Array,
  sourceSha256: string,
  { format, quality, sideMax }: NonNullable<ImagesOptions["reencode"]>,
  pixelsMax: number,
): Promise<Result<Picture, Failure>> {
  const sharp = await library();
  try {
    // Without `keepMetadata` nothing of EXIF, XMP or colour profiles goes along; colours are converted to sRGB.
    const upright = sharp(source, { limitInputPixels: pixelsMax, failOn: "error" })
      .autoOrient()
      .resize(sideMax, sideMax, { fit: "inside", withoutEnlargement: true });
    const shown = format === "jpeg" ? upright.flatten({ background: "#ffffff" }) : upright;
    const { data, info } = await shown.toFormat(format, { quality }).toBuffer({ resolveWithObject: true });
    return ok({
      type: format,
      contentType: `image/${format}`,
      extension: EXTENSIONS[format],
      bytes: data,
      sha256: hash("sha256", data, "hex"),
      sourceSha256,
      width: info.width,
      height: info.height,
    });
  } catch (thrown) {
    return err(unreadable(thrown));
  }
}

function unreadable(thrown: unknown): Failure {
  const message = describe(thrown).split("\n", 1)[0] ?? "";
  const isCut =
    /premature end|truncated|unexpected end|end of (?:stream|file)|not enough data|too short|bad huffman/i.test(
      message,
    );
  return { code: isCut ? "truncated" : "decode", message: `the picture cannot be read: ${message}` };
}

function looksLike(bytes: Uint8Array): string {
  if (bytes.byteLength === 0) return "no bytes";
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(512, bytes.byteLength))
    .toString("latin1")
    .trimStart();
  if (
    /^(?:\xef\xbb\xbf)?\s*<(?:\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!DOCTYPE svg[^>]*>\s*)?<?svg/is.test(head)
  )
    return "svg";
  if (/^(?:\xef\xbb\xbf)?<(?:!doctype html|html|head|body|!--)/i.test(head)) return "html";
  return "unknown bytes";
}

type Sharp = typeof import("sharp")["default"];
let loading: Promise<Sharp> | null = null;

/** One thread and no cache: collecting is to be small beside the rest, not quick. */
function library(): Promise<Sharp> {
  loading ??= import("sharp").then(({ default: sharp }) => {
    sharp.cache(false);
    sharp.concurrency(1);
    return sharp;
  });
  return loading;
}
