// Whether an answer is no page but what stands in its way: a vendor's challenge or refusal, a captcha and nothing else, a
// login form and nothing else. Detects; how to get past is nobody's business here. Pure, and rather silent than wrong.
import { type Document, type Headers, header } from "../model/index.ts";
import { CAPTCHA_WIDGET, ROBOT_CHECK, VENDORS, type Vendor, vendorMarker } from "./challenge-vendors.ts";

export interface Answered {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly document: Pick<Document, "title" | "evidence">;
}

/** One line that names who and by which sign, for the message of `blocked`; null where the page is one. */
export function challengeOf(answered: Answered): string | null {
  for (const vendor of VENDORS) {
    const sign = signOf(vendor, answered);
    if (sign !== null) return `${vendor.name} stands in the way (${sign})`;
  }
  if (isCaptchaAlone(answered)) return "a captcha and nothing else";
  return isLoginAlone(answered) ? "a login form and nothing else" : null;
}

const WITH_TEXT = 2_000;

function signOf(vendor: Vendor, { status, headers, document }: Answered): string | null {
  const own = headerSign(headers, vendor.headers ?? []);
  if (own !== null) return own;
  const { title, evidence } = document;
  if (evidence.visibleLength >= (vendor.visibleBelow ?? WITH_TEXT)) return null;
  if (evidence.markers.includes(vendorMarker(vendor))) return "its page";
  const isTitled = vendor.titles?.test((title ?? "").trim()) ?? false;
  const isTheirs = headerSign(headers, vendor.servers ?? []) !== null;
  // Somebody else's error page may be called so too, where the vendor's servers can be told.
  const isError = status >= 400 && (vendor.servers === undefined || isTheirs);
  return isTitled && isError ? `status ${status}, titled ${JSON.stringify(title)}` : null;
}

function headerSign(headers: Headers, wanted: NonNullable<Vendor["headers"]>): string | null {
  for (const [name, pattern] of wanted) {
    const found = header(headers, name);
    if (found !== null && pattern.test(found.trim())) return `${name}: ${found.trim().slice(0, 40)}`;
  }
  return null;
}

/** A widget to solve on a page that has nothing to read, nothing to fill in and nowhere to go. */
function isCaptchaAlone({ document: { evidence } }: Answered): boolean {
  const { markers, visibleLength, fields, passwords, links } = evidence;
  if (!markers.includes(CAPTCHA_WIDGET) || passwords > 0 || markers.includes("article")) return false;
  if (markers.includes(ROBOT_CHECK)) return visibleLength < 1_200 && fields <= 1 && links <= 8;
  return visibleLength < 250 && fields === 0 && links <= 2;
}

/** Parameters by which a login form remembers the page that was asked for. */
const RETURNS_TO =
  /^(?:next|return|returnto|return_to|returnurl|return_url|redirect|redirect_to|redirect_uri|redirecturl|redirect_url|continue|goto|dest|destination|back|backurl|back_url|referer|ref|target|service|url|r|from)$/i;
const LOGIN_NAME =
  /log-?in|log-?on|sign-?in|sign-?up|auth|account|session|register|password|sso|join|user|admin/i;

/** Asked for another page, or for one that does not call itself a login page. */
function isLoginAlone({ url, status, document: { evidence } }: Answered): boolean {
  const { passwords, fields, links, visibleLength, mainWords, markers } = evidence;
  if (status >= 400 || passwords === 0 || fields > 3 || links > 12) return false;
  if (visibleLength >= 500 || mainWords >= 80 || markers.includes("article")) return false;
  const parsed = URL.parse(url);
  if (parsed === null) return false;
  const parameters = [...parsed.searchParams];
  if (parameters.some(([name, value]) => RETURNS_TO.test(name) && /[/%]/.test(value))) return true;
  return parsed.pathname !== "/" && !LOGIN_NAME.test(`${parsed.hostname}${parsed.pathname}`);
}
