// How a tree's nodes and their attributes stand in rows of 32-bit numbers, as the scanner writes them (scanner/rows.as, scanner/tags.as). A row
// is known by where it begins; 0 is none. Knows no page.

/** A text stands in place of the number of a name; of a name that is none of the usual ones it is said where it stands. */
export const TEXT = -2;
export const RARE_NAME = -1;

// Of both kinds of nodes. FACADE: which object stands for it, once someone asked for one.
export const NAME = 0;
export const NEXT = 1;
export const FACADE = 2;

// Of elements, what every walk asks first. KINDS: bits of element-kinds.ts; MARKS: bits of attribute-marks.ts.
export const FIRST = 3;
export const KINDS = 4;
/** Characters shown below; filled by the survey. */
export const CHARS = 5;
export const MARKS = 6;
export const FLAGS = 7;
/** See text-mass.ts; 0 where it weighs nothing. */
export const WEIGHT = 8;
/** What main-content.ts leaves out, a bit for each way it tries. */
export const LEFT_OUT = 9;
/** Of CHARS those in links. */
export const LINK_CHARS = 10;
/** Numbers of spellings; 0 for none. */
export const CLASS_NAME = 11;
export const ID_NAME = 12;
/** One more than the bits of boilerplate.ts. */
export const NAMING = 13;
export const ATTRIBUTES = 14;
export const COUNT = 15;
export const PARENT = 16;
export const LAST = 17;
/** One more than the place of link-place.ts; places.as fills it as well. */
export const LINK_ROLE = 18;
export const NAME_FROM = 19;
export const NAME_TO = 20;
/** One more than where a rare name is kept once it is read. */
export const RARE_NAME_READ = 21;
export const ELEMENT_WIDTH = 24;

// Flags of an element. The scanner writes the first three; CLOSED and ENDS only where it tells tags and makes no tree.
export const FOREIGN = 1;
export const CLOSED = 2;
export const ENDS = 4;
/** Someone asked whether it hides what it holds; it does. */
export const HIDING_KNOWN = 8;
export const HIDES = 16;
// 32 is the scanner's own (apart.as).

// Of texts: bits, where it stands, what was counted of it, and where its pieces begin where it is in pieces.
export const BITS = 3;
export const FROM = 4;
export const TO = 5;
export const CHARACTERS = 6;
export const LETTERS = 7;
export const SENTENCES = 8;
export const MORE = 9;
export const TEXT_WIDTH = 12;

/** Bits of a text: nothing but white space, no-break spaces included. */
export const BLANK = 1;
/** What stands there has references to undo. */
export const REFERENCES = 2;
/** ASCII without carriage returns. */
export const PLAIN = 4;
/** ASCII that has no white space but single spaces between what it shows first and last; said of counted ones alone. */
export const SINGLE = 8;
/** CHARACTERS, LETTERS and SENTENCES are filled. */
export const COUNTED = 16;
/** Begins, ends with white space; said of counted ones alone. */
export const SPACE_BEFORE = 32;
export const SPACE_BEHIND = 64;
/** Stands in pieces. */
export const PIECES = 128;

// Of attributes: the number of the name, its value, one more than where the value is kept once it is read; of a rare name where it stands.
export const VALUE_FROM = 1;
export const VALUE_TO = 2;
export const VALUE = 3;
/** In VALUE of what is not read yet: it is ASCII without references and carriage returns. */
export const PLAIN_VALUE = -1;
export const ATTRIBUTE_NAME_FROM = 4;
export const ATTRIBUTE_NAME_TO = 5;
/** As VALUE, of the name. */
export const ATTRIBUTE_NAME = 6;
export const ATTRIBUTE_WIDTH = 7;
