// The words that searches are tested with: they occur in the main text of the pages that ask for them and nowhere else in the
// demonstration, neither in titles nor in teasers.
import { particle } from "./prose.ts";
import type { Language } from "./table.ts";

const sentences: Readonly<Record<Language, (word: string) => string>> = {
  en: (word) => `Late that day someone saw a ${word} and told everyone about it.`,
  ko: (word) => `그날 늦게 누군가 ${particle(word, "을/를")} 보았다고 모두에게 알렸습니다.`,
  ja: (word) => `その日の夕方、だれかが${word}を見たとみんなに話しました。`,
  zh: (word) => `那天有人看见了${word}，就对大家说了。`,
  ru: (word) => `Вечером кто-то заметил: ${word}, и рассказал об этом всем.`,
  fr: (word) => `Ce soir, on a parlé d'un mot rare : ${word}.`,
  de: (word) => `Am Abend sprach man von einem seltenen Wort: ${word}.`,
};

export const withWord = (lang: Language, word: string): string => sentences[lang](word);

export const reserved = {
  en: ["kingfisher", "lighthouse", "marzipan", "barometer", "hedgehog", "accordion"],
  ko: ["물총새", "등대지기", "아코디언", "고슴도치", "기압계", "호두과자"],
  ja: ["翡翠色", "灯台守", "風見鶏"],
  zh: ["翠鸟", "萤火虫"],
  ru: ["маяк", "ёжик"],
  fr: ["phare", "hérisson"],
  de: ["Leuchtturm", "Eisvögel"],
} as const;
