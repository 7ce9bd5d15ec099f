// What pages call their own parts: whole words of class, id and role that name navigation, comments, sharing and the like, or content.
// Words, never substrings: "elementor-widget" is no advert. Decides nothing about an element's size or text; main-content.ts does.
import { CLASS, ID, ITEMPROP, NAMED, ROLE } from "./attribute-marks.ts";
import { CLASS_NAME, ID_NAME, MARKS, NAMING } from "./row-layout.ts";
import type { Rows } from "./rows.ts";
import { LINE_HAS_DIGIT } from "./scanner/scanner.ts";
import { NAMING_OF_SPELLING } from "./spelling.ts";
import type { Element } from "./tree.ts";

const set = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/));

/** Parts that are never an article's text, whatever they hold. */
const APART = set(`comments comment commentlist commentarea disqus respond replies livefyre fbcomments
  share shares sharing shared sharebar sharetools sharedaddy addthis social socials sociallinks socialmedia sociable
  related relatedposts recommended recommendations recommendation recirc recirculation readmore morestories
  sidebar sidebars rightrail footer footnav nav navbar navigation topnav subnav menu menus megamenu breadcrumb breadcrumbs
  ad ads adsbygoogle adslot adunit advert advertisement advertisements advertising adwrapper dfp gpt sponsor sponsored sponsors promo promos promotion
  cookie cookies consent gdpr newsletter newsletters subscribe subscription signup login signin modal popup popover lightbox
  pagination pager paging outbrain taboola trc revcontent zergnet mostread mostpopular trending
  skip skiplink screenreader visuallyhidden hatom tagcloud toolbar toolbox printonly noprint copyright masthead
  editsection mw-editsection navbox catlinks printfooter siteSub jumplink linenos lineno linenumber infobar donate donation`);

/** Parts that often are, and are left out only when short or full of links. */
const BESIDE =
  set(`widget widgets meta metadata postmeta byline author authors bio authorbio dateline timestamp date tags tag taglist topics categories category
  banner popular latest headlines caption credit credits photo gallery slideshow carousel player video audio rating ratings vote votes
  teaser teasers aside extra extras links linklist topic info infobox toc action actions tools utility utilities buttons button btn
  header hed kicker eyebrow label badge more next prev previous follow followus contact profile avatar disclaimer legal notice alert
  feedback survey poll quiz form search live ticker stock weather trailer box module stats counter views`);

const COMMENTS = set("comments comment commentlist commentarea disqus respond replies livefyre fbcomments");

const NOTICE = set("cookie cookies consent gdpr");

const BODY =
  set(`articlebody articlecontent articletext entrycontent postcontent postbody posttext storybody storycontent storytext bodytext bodycopy
  singlecontent newsbody newstext newscontent maincontenttext contentbody blogcontent richtext mwparseroutput`);

const CONTENT =
  set(`article articlebody articlecontent articletext body content contents entry entrycontent hentry main maincontent page post postbody postcontent
  posttext story storybody storycontent storytext text blog prose markdown richtext paragraph paragraphs copy bodycopy bodytext readable`);

const ROLES_APART = set(
  "navigation banner complementary contentinfo search dialog alertdialog alert menu menubar toolbar tablist tooltip",
);

/** What the names of an element say of it: bits of what `namingAt` gives. */
export const IS_APART = 1;
/** Readers' comments: apart even where they are most of a page's text. */
export const IS_COMMENTS = 2;
/** Asks a reader for something before the page: apart, however little else the page holds. */
export const IS_NOTICE = 4;
export const IS_BESIDE = 8;
export const IS_CONTENT = 16;
/** Says of itself that it is an article's text. */
export const IS_BODY = 32;

/** Spellings and words remembered from page to page; when there are more all are forgotten. Longer ones are read each time. */
const KNOWN_MAX = 20_000;
const KNOWN_CHARS_MAX = 300;

const knownSpellings = new Map<string, number>();
const knownTokens = new Map<string, number>();

function remember(known: Map<string, number>, key: string, value: number): number {
  if (key.length > KNOWN_CHARS_MAX) return value;
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(key, value);
  return value;
}

/** Of an element's row. */
export function namingAt(rows: Rows, row: number): number {
  const known = rows.numbers[row + NAMING] ?? 0;
  if (known !== 0) return known - 1;
  const marks = rows.numbers[row + MARKS] ?? 0;
  const naming = (marks & (CLASS | ID | NAMED | ROLE)) === 0 ? 0 : namedBy(rows, row, marks);
  rows.numbers[row + NAMING] = naming + 1;
  return naming;
}

function namedBy(rows: Rows, row: number, marks: number): number {
  const className = rows.numbers[row + CLASS_NAME] ?? 0;
  const id = rows.numbers[row + ID_NAME] ?? 0;
  const isSpelled = (className === 0) === ((marks & CLASS) === 0) && (id === 0) === ((marks & ID) === 0);
  if ((marks & NAMED) !== 0 || !isSpelled) return named(rows.element(row));
  const byRole = (marks & ROLE) === 0 ? 0 : ofRole(rows.attribute(row, "role")?.toLowerCase() ?? "");
  return together(byRole | spelledNaming(rows, className) | spelledNaming(rows, id));
}

/** By what stands in all the attributes that name it. */
function named(element: Element): number {
  let text = "";
  let role = "";
  for (let at = 0; at < element.attributeCount; at++) {
    const name = element.attributeName(at);
    if (name === "class" || name === "id" || name === "data-component" || name === "data-testid") {
      const value = element.attributeValue(at);
      text = text === "" ? value : `${text} ${value}`;
    } else if (name === "role") role = element.attributeValue(at).toLowerCase();
  }
  if (role !== "") return read(text, role);
  if (text === "") return 0;
  // Put together, the key is a string of its own and holds no page in memory.
  return knownSpellings.get(text) ?? remember(knownSpellings, ` ${text}`.slice(1), read(text, ""));
}

/** Of the number of a spelling; 0 for none. */
function spelledNaming({ spellings }: Rows, number: number): number {
  return number === 0 || spellings === null ? 0 : spellings.told(number, NAMING_OF_SPELLING, wordsIn);
}

function read(text: string, role: string): number {
  return together(ofRole(role) | wordsIn(text));
}

function ofRole(role: string): number {
  const isNotice = role === "dialog" || role === "alertdialog";
  return (ROLES_APART.has(role) ? IS_APART : 0) | (isNotice ? IS_NOTICE : 0);
}

/** What the words of a name or of several say together. */
function together(kinds: number): number {
  return (kinds & IS_COMMENTS) === 0 ? kinds : (kinds | IS_APART) & ~IS_BODY;
}

function wordsIn(text: string): number {
  let kinds = 0;
  // A word is a part of its text's string and would keep a long one in memory.
  const short = text.length <= KNOWN_CHARS_MAX;
  for (const token of text.slice(0, 500).split(/\s+/)) {
    const known = knownTokens.get(token);
    if (known !== undefined) kinds |= known;
    else kinds |= short ? remember(knownTokens, token, kindsOf(token)) : kindsOf(token);
  }
  return kinds;
}

/** What each word says; a word that says a part stands apart says no less. */
const WORDS = new Map<string, number>();
for (const [words, bit] of [
  [CONTENT, IS_CONTENT],
  [BESIDE, IS_BESIDE],
  [APART, IS_APART],
] as const)
  for (const word of words) WORDS.set(word, bit);
for (const [words, bit] of [
  [COMMENTS, IS_COMMENTS],
  [NOTICE, IS_NOTICE],
  [BODY, IS_BODY],
] as const)
  for (const word of words) WORDS.set(word, (WORDS.get(word) ?? 0) | bit);

/** A word with its number or its size ("sidebar2", "ad300x250"). Letters and digits in any other mixture are a hash ("npn9ad"). */
const NUMBERED = /^\d*([a-z]+)(?:\d+(?:x\d+)?)?$/;

function kindsOf(token: string): number {
  if (/^[a-z]+$/.test(token)) return WORDS.get(token) ?? 0;
  const words = token
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  let kinds = 0;
  let previous = "";
  for (const part of words) {
    const word = NUMBERED.exec(part)?.[1];
    if (word === undefined) continue;
    // "related-posts", "social_share": the joined form is looked up too ("rightrail").
    kinds |= (WORDS.get(word) ?? 0) | (previous === "" ? 0 : (WORDS.get(previous + word) ?? 0));
    previous = word;
  }
  return kinds;
}

/** Short blocks that only speak about the page: calls to share, to read on, to subscribe; credits of adverts. */
export const CUE =
  /^(?:advert|advertisement|advertisements|this slideshow requires javascript|anzeige|publicité|publicidad|sponsored(?: content)?|share(?: this)?(?: (?:on|via|with|article|story|post|page))?|tweet|pin it|email(?: this)?|print(?: this)?|read more|read also|read next|also read|see also|more from|more on|related(?: (?:articles?|stories|posts|links|content|topics|news|coverage))?|recommended(?: for you)?|you (?:may|might) (?:also )?(?:like|be interested)|most (?:read|popular|viewed)|trending|popular|sign up|subscribe|follow (?:us|me|@)|like us|join (?:us|our)|click here|loading|please enable|view (?:all )?comments|\d+ comments?|leave a (?:comment|reply)|comments? (?:are closed|\(\d+\))|copyright|©|all rights reserved|filed under|posted (?:in|on|by|under)|tags?:|topics?:|categor(?:y|ies):|photos?:|image credit|advertise|skip to|jump to|back to top|continue reading|story continues|article continues|enlarge (?:this )?image|toggle caption|hide caption|getty images|관련\s?기사|무단\s?전재|저작권자|좋아요|공유하기|댓글|関連記事|シェア|相关(?:阅读|新闻|推荐)|分享|责任编辑|评论)\b/iu;

/** Cues that stay cues when they are whole sentences. */
const CALL =
  /^(?:sign up|subscribe|follow (?:us|me|@)|like us|join (?:us|our)|click here|please enable|this slideshow requires|advertis|copyright ©|copyright \d|©|무단|저작권자)/iu;

export function isCue(text: string): boolean {
  return CUE.test(text) && (!isSentence(text) || CALL.test(text));
}

/** Ends as sentences do and is long enough to be one: prose may begin with any word. */
function isSentence(text: string): boolean {
  return text.length > 30 && /[.!?…。！？]["'”’»)\]]*$/u.test(text) && !/\b[ap]\.m\.$/i.test(text);
}

/** Headings of what follows an article rather than belongs to it. */
export const ELSEWHERE =
  /^(?:related(?: (?:articles?|stories|posts?|links|content|topics|news|coverage|reading|items))?:?$|more (?:stories|news|articles|posts|from|in|on|like this)\b|recommended|you (?:may|might) (?:also )?(?:like|be interested)|top (?:stories|news|posts|articles)|(?:most|recent|latest|popular) (?:read|popular|viewed|posts?|articles?|news|stories|comments?)|don[\u2019']?t miss|read (?:more|next|also)|see also:|trending|partner (?:news|content)|sponsored|promoted|around the web|from (?:the web|our partners)|share this|comments?\b|\d+ (?:comments?|responses|replies|thoughts)\b|leave a (?:comment|reply)|post a comment|join the (?:conversation|discussion)|tell us what you think|about the author|tags?:?$|newsletter|sign up|관련\s?(?:기사|뉴스|글)|많이 본|댓글|関連記事|人気記事|コメント|おすすめ|相关(?:阅读|新闻|推荐|文章)|热门|评论|você pode gostar|leia (?:também|mais)|lea también|le puede interesar|à lire aussi|lire aussi|das könnte (?:sie|dich)|mehr zum thema|читайте также|похожие|самые популярные|отзывы|комментарии)/iu;

/** What lines of cues and such headings begin with, where that is letters of ASCII; and "le ". */
const BEGINNINGS =
  `abo adv all als anz aro art bac cat cli com con cop das don ema enl fil fol fro get hid ima joi jum lat lea lei lik lir loa meh mor mos
  new par pho pin ple pop pos pri pro pub rea rec rel see sha sig ski spo sto sub tag tel thi tog top tre twe vie voc you le`.split(
    /\s+/,
  );
/** 1 for each of them, by the last five bits of its letters, which are the same in both cases; 0 is a space's or none's. */
const begins = new Uint8Array(32_768);
for (const beginning of BEGINNINGS) begins[slotOf(beginning.padEnd(3))] = 1;

function slotOf(beginning: string): number {
  const [first = 0, second = 0, third = 0] = [0, 1, 2].map((at) => beginning.charCodeAt(at) & 31);
  return first | (second << 5) | (third << 10);
}

/**
 * False for nearly all that are no cue and no heading of what is elsewhere, by how the scanner sees them begin; where it was asked for a digit, that
 * are no date line either.
 */
export function mayTell(lineStart: number): boolean {
  if (lineStart < 0 || (lineStart & LINE_HAS_DIGIT) !== 0) return true;
  const slot = (lineStart & 31) | ((lineStart >> 3) & 0x3e0) | ((lineStart >> 6) & 0x7c00);
  return begins[slot] === 1;
}

export function isElsewhere(text: string): boolean {
  return ELSEWHERE.test(text) && !isSentence(text);
}

/** A line that only says when: a date and perhaps a label, no sentence. */
const WHEN =
  /^(?:(?:first )?(?:published|updated|posted|last (?:updated|modified)|modified|created|date)\b.{0,80}$|(?:[a-z]{3,9},?\s+)?(?:[a-z]{3,9}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?|\d{1,2}\.?\s+[a-z]{3,9}\.?,?)\s+\d{4}.{0,60}$|\d{1,4}[-./]\d{1,2}[-./]\d{1,4}\b.{0,40}$|\d{4}[년年]\s?\d{1,2}[월月].{0,40}$|\d{1,2}:\d{2}\b.{0,30}$)/iu;

export function isDateLine(text: string): boolean {
  return text.length < 120 && /\d/.test(text) && !isSentence(text) && WHEN.test(text);
}

/** Of an element's row. */
export function hasItemprop(rows: Rows, row: number, property: string): boolean {
  if (((rows.numbers[row + MARKS] ?? 0) & ITEMPROP) === 0) return false;
  return rows.attribute(row, "itemprop")?.split(/\s+/).includes(property) ?? false;
}

/** Of an element's row: it is the page's main part to those who hear it. */
export function hasMainRole(rows: Rows, row: number): boolean {
  return ((rows.numbers[row + MARKS] ?? 0) & ROLE) !== 0 && rows.attribute(row, "role") === "main";
}
