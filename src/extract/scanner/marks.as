// Which kinds of attributes an element bears: the bits of attribute-marks.ts, which says what they stand for. JavaScript gives those of the usual
// names (names.as); of any other the scanner tells them by how it begins (tags.as).
export const CLASS: i32 = 1;
export const ID: i32 = 2;
export const NAMED: i32 = 4;
export const ROLE: i32 = 8;
export const STYLE: i32 = 16;
export const HIDDEN_MARK: i32 = 32;
export const ITEMPROP: i32 = 64;
export const ITEMSCOPE: i32 = 128;
export const REL: i32 = 256;
export const HANDLER: i32 = 512;
export const DATA: i32 = 1024;
export const TYPEOF: i32 = 4096;
export const RARE: i32 = 8192;
