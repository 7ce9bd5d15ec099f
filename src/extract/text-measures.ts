// Counts of a text: characters as code points, words by letters and digits, each Han or Kana character a word of its own.

export function characters(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0xdc00 && unit <= 0xdfff) count--;
  }
  return count;
}

export function wordCount(text: string): number {
  let count = 0;
  for (const _ of text.matchAll(
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}\p{M}_'’]+/gu,
  ))
    count++;
  return count;
}
