// Where a link of the Markdown leads: the web's addresses as everywhere, and beside them those by which people write, call and join.
// Never what would run as a script. What a crawl may follow is decided elsewhere.
import { resolve } from "./addresses.ts";

const SCHEME = /^\s*([a-z][a-z0-9+.-]*):/i;
/** Kept in any text: a reader can act on them. */
const PERSONAL = /^(?:mailto|tel|sms|ftps?|sftp|ircs?|xmpp|sip|matrix|geo|magnet|news|urn|doi):$/;
/** Never kept: they carry code or data, or lead into a machine. */
const UNSAFE = /^(?:javascript|vbscript|data|blob|file|filesystem|about|view-source):$/;
const OTHER_CHARS_MAX = 2_000;

/** An absolute address, or null; of a whole document every scheme is kept that runs nothing, and the reference to the page itself. */
export function linkAddress(href: string, base: string, whole: boolean): string | null {
  if (href === "" || (!whole && href.trim() === "")) return whole ? resolve("", base) : null;
  const url = resolve(href, base);
  if (url !== null) return url;
  if (href.length > OTHER_CHARS_MAX || !SCHEME.test(href)) return null;
  const parsed = URL.parse(href);
  if (parsed === null || parsed.protocol === "http:" || parsed.protocol === "https:") return null;
  if (UNSAFE.test(parsed.protocol)) return null;
  return whole || PERSONAL.test(parsed.protocol) ? parsed.href : null;
}
