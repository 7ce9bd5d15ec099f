// Plausible prose in seven languages from sentence patterns and slots, seeded per page. Says nothing about the world and holds
// none of the words that the search table reserves (see words.ts).
import { type Chance, chanceOf } from "./chance.ts";
import type { Language } from "./table.ts";

type Words = readonly [string, ...string[]];
type Pattern = (slots: Slots) => string;

interface Slots {
  readonly place: string;
  readonly person: string;
  readonly thing: string;
  readonly number: number;
}

interface Tongue {
  readonly places: Words;
  readonly people: Words;
  readonly things: Words;
  readonly patterns: readonly [Pattern, ...Pattern[]];
  /** Puts sentences of one paragraph together. */
  readonly glue: string;
  readonly title: Pattern;
  /** The sentence that no other page has; `mark` is the page's own number. */
  readonly unique: (mark: number, slots: Slots) => string;
}

/** The form of a Korean particle after this word: "은/는", "이/가", "을/를", "과/와". */
export function particle(word: string, pair: string): string {
  const [closed = "", open = ""] = pair.split("/");
  const code = word.charCodeAt(word.length - 1) - 0xac00;
  const final = code >= 0 && code < 11_172 ? code % 28 : 0;
  // After a final ㄹ (8) it is 로, as after a vowel.
  return word + (final === 0 || (final === 8 && closed === "으로") ? open : closed);
}

const english: Tongue = {
  places: [
    "Aldermere",
    "Briarford",
    "Coldwick",
    "Dunhaven",
    "Eastlow",
    "Fenbridge",
    "Garrowby",
    "Hartley Moor",
  ],
  people: [
    "Ada Merrow",
    "Ben Okafor",
    "Clara Winslow",
    "Daniel Reyes",
    "Esther Kwan",
    "Felix Adeyemi",
    "Grace Holm",
  ],
  things: [
    "the night ferry",
    "the old mill",
    "the town library",
    "the river path",
    "the harvest market",
    "the school orchestra",
    "the tram line",
    "the botanical garden",
    "the repair workshop",
    "the public bath",
    "the covered bridge",
    "the weather station",
  ],
  patterns: [
    ({ thing, place }) =>
      `People in ${place} have argued about ${thing} for years, and this spring the council finally listened.`,
    ({ person, thing }) =>
      `${person}, who has looked after ${thing} since childhood, says the change came slowly and then all at once.`,
    ({ number, thing }) =>
      `About ${number} visitors a week come to see ${thing}, most of them on foot and many of them with children.`,
    ({ place }) =>
      `On a wet morning in ${place} the benches are empty, but the doors open at eight as they always have.`,
    ({ number }) =>
      `The work cost less than expected because ${number} volunteers gave up their evenings to help.`,
    ({ person }) =>
      `${person} keeps a notebook with every repair, every delay and every small kindness from the neighbours.`,
    ({ thing, number }) =>
      `A report of ${number} pages describes how ${thing} was built, neglected and at last put right again.`,
    ({ place, person }) =>
      `Visitors from ${place} were greeted by ${person}, who made tea for everyone and answered their questions.`,
    ({ thing }) =>
      `Nobody expected ${thing} to pay for itself, yet the books have balanced for three years in a row.`,
    ({ number }) =>
      `The next meeting is in ${number} days, and the agenda is pinned to the door so that all can read it.`,
    ({ person, place }) =>
      `When ${person} moved to ${place}, the road was still gravel and the bus came twice a day.`,
    ({ thing, place }) =>
      `Engineers from ${place} measured the walls, drew careful plans and advised against moving ${thing}.`,
  ],
  glue: " ",
  title: ({ thing, place }) => `How ${place} saved ${thing}`,
  unique: (mark, { person, place }) =>
    `In the ${place} archive this account by ${person} is kept under the number ${mark}.`,
};

const korean: Tongue = {
  places: ["서울", "부산", "전주", "강릉", "제주", "춘천", "통영", "안동"],
  people: ["김서연", "이도윤", "박하은", "최민준", "정지우", "강수빈", "윤태호"],
  things: [
    "동네 도서관",
    "오래된 시장",
    "강변 산책길",
    "작은 서점",
    "마을 음악회",
    "새벽 기차",
    "나무 다리",
    "학교 텃밭",
    "수리 공방",
    "시립 식물원",
    "빵집",
    "날씨 관측소",
  ],
  patterns: [
    ({ place, thing }) =>
      `${place} 사람들은 ${particle(thing, "을/를")} 두고 몇 해 동안 이야기를 나누었고, 올봄에 드디어 답을 찾았습니다.`,
    ({ person, thing }) =>
      `${particle(thing, "을/를")} 어릴 때부터 돌본 ${person} 씨는 변화가 천천히 왔다고 말합니다.`,
    ({ number, thing }) =>
      `한 주에 ${number}명쯤이 ${particle(thing, "을/를")} 보러 오고, 그 가운데 절반은 걸어서 옵니다.`,
    ({ place }) => `비 내리는 ${place}의 아침에도 문은 늘 여덟 시에 열립니다.`,
    ({ number }) => `자원봉사자 ${number}명이 저녁 시간을 내준 덕분에 비용은 예상보다 적게 들었습니다.`,
    ({ person }) => `${person} 씨는 고친 곳과 늦어진 날과 이웃의 도움을 공책에 빠짐없이 적습니다.`,
    ({ thing, number }) =>
      `${number}쪽짜리 보고서에는 ${particle(thing, "이/가")} 어떻게 지어지고 다시 살아났는지 적혀 있습니다.`,
    ({ place, person }) => `${place}에서 온 손님들은 ${person} 씨가 끓인 차를 마시며 질문을 이어 갔습니다.`,
    ({ thing }) => `${particle(thing, "이/가")} 스스로 비용을 벌어들일 줄은 아무도 몰랐습니다.`,
    ({ number }) => `다음 모임은 ${number}일 뒤에 열리며, 안건은 누구나 읽을 수 있게 문에 붙어 있습니다.`,
    ({ person, place }) =>
      `${person} 씨가 ${particle(place, "으로/로")} 이사했을 때 길은 아직 자갈길이었고 버스는 하루에 두 번 왔습니다.`,
    ({ thing, place }) =>
      `${place}의 기술자들은 벽을 재고 도면을 그린 뒤 ${particle(thing, "을/를")} 옮기지 말라고 권했습니다.`,
  ],
  glue: " ",
  title: ({ place, thing }) => `${place}, ${particle(thing, "을/를")} 지키다`,
  unique: (mark, { person, place }) =>
    `${place} 기록실은 ${person} 씨가 쓴 이 글을 ${mark}번으로 보관합니다.`,
};

const japanese: Tongue = {
  places: ["京都", "札幌", "金沢", "松山", "長崎"],
  people: ["佐藤", "高橋", "田中", "中村", "小林"],
  things: ["町の図書館", "古い市場", "川沿いの道", "小さな本屋", "朝の電車", "木の橋"],
  patterns: [
    ({ place, thing }) => `${place}の人々は何年も${thing}について話し合い、この春ようやく答えを出しました。`,
    ({ person, thing }) => `${thing}を子供のころから見てきた${person}さんは、変化はゆっくり来たと言います。`,
    ({ number, thing }) => `一週間に${number}人ほどが${thing}を見に来ます。`,
    ({ place }) => `雨の降る${place}の朝でも、戸はいつも八時に開きます。`,
    ({ number }) => `${number}人の手伝いのおかげで、費用は思ったより少なく済みました。`,
    ({ person }) => `${person}さんは直した所と遅れた日をすべて帳面に書いています。`,
  ],
  glue: "",
  title: ({ place, thing }) => `${place}と${thing}`,
  unique: (mark, { person, place }) =>
    `${place}の資料室は${person}さんのこの文章を${mark}番として保存しています。`,
};

const chinese: Tongue = {
  places: ["北京", "上海", "西安", "成都", "大理"],
  people: ["王明", "李文", "安江", "白山", "高林"],
  things: ["小城的公共花园", "古老的市集", "河上的木桥", "山下的火车", "南方的小店"],
  patterns: [
    ({ place, thing }) => `${place}的人多年来一直在谈${thing}，今年春天有了答案。`,
    ({ person, thing }) => `${person}从小看着${thing}，他说变化来得很慢。`,
    ({ number, thing }) => `每个星期大约有${number}人来看${thing}。`,
    ({ place }) => `在${place}下雨的早上，大门也是八点打开。`,
    ({ number }) => `因为有${number}个人来帮忙，用的钱比想的少。`,
  ],
  glue: "",
  title: ({ place, thing }) => `${place}和${thing}`,
  unique: (mark, { person, place }) => `${place}的文件室把${person}写的本文存在第${mark}号。`,
};

const russian: Tongue = {
  places: ["Вологда", "Казань", "Псков", "Тверь"],
  people: ["Анна Соколова", "Иван Петров", "Мария Орлова"],
  things: ["старая мельница", "городская библиотека", "речная пристань", "ночная электричка"],
  patterns: [
    ({ thing, place }) =>
      `${place} много лет спорила о том, нужна ли городу ${thing}, и этой весной ответ нашёлся.`,
    ({ person, thing }) => `${person} говорит, что ${thing} менялась медленно, а потом сразу вся.`,
    ({ number }) => `За неделю сюда приходят ${number} человек, и многие приводят детей.`,
    ({ number }) => `Работа обошлась дешевле, потому что помогали ${number} добровольцев.`,
  ],
  glue: " ",
  title: ({ place, thing }) => `${place}: ${thing}`,
  unique: (mark, { person }) =>
    `В городском архиве эта запись автора ${person} хранится под номером ${mark}.`,
};

const french: Tongue = {
  places: ["Vézelay", "Orléans", "Besançon", "Nîmes"],
  people: ["Hélène Garçon", "René Lefèvre", "Zoé Châtelain"],
  things: ["le vieux moulin", "la bibliothèque", "le marché d'été", "le théâtre du quai"],
  patterns: [
    ({ thing, place }) => `À ${place}, on a longtemps débattu pour savoir si ${thing} méritait d'être sauvé.`,
    ({ person }) => `${person} note chaque réparation, chaque retard et chaque geste des voisins.`,
    ({ number, thing }) => `Chaque semaine, ${number} visiteurs découvrent ${thing}, souvent à pied.`,
    ({ number }) => `Grâce à ${number} bénévoles, les travaux ont coûté moins que prévu.`,
  ],
  glue: " ",
  title: ({ place, thing }) => `${place} : ${thing} retrouvé`,
  unique: (mark, { person, place }) =>
    `Les archives de ${place} gardent ce récit signé ${person} sous le numéro ${mark}.`,
};

const german: Tongue = {
  places: ["Lübeck", "Göttingen", "Würzburg", "Görlitz"],
  people: ["Jörg Müller", "Käthe Groß", "Änne Voß"],
  things: ["die alte Mühle", "die Stadtbücherei", "die Straßenbahn", "der große Markt"],
  patterns: [
    ({ thing, place }) => `In ${place} wurde jahrelang darüber gestritten, ob sich ${thing} noch lohnt.`,
    ({ person }) => `${person} schreibt jede Reparatur und jede Verspätung in ein Heft.`,
    ({ number }) => `Ungefähr ${number} Gäste kommen jede Woche, die meisten zu Fuß.`,
    ({ number }) => `Weil ${number} Freiwillige halfen, blieben die Kosten kleiner als gedacht.`,
  ],
  glue: " ",
  title: ({ place, thing }) => `${place}: ${thing} bleibt`,
  unique: (mark, { person, place }) =>
    `Im Archiv von ${place} liegt dieser Bericht von ${person} unter der Nummer ${mark}.`,
};

const tongues: Readonly<Record<Language, Tongue>> = {
  en: english,
  ko: korean,
  ja: japanese,
  zh: chinese,
  ru: russian,
  fr: french,
  de: german,
};

export interface Story {
  readonly mark: number;
  readonly title: string;
  /** Stands in one of the paragraphs, and on no other page. */
  readonly sentence: string;
  readonly paragraphs: readonly string[];
  readonly person: string;
}

const slotsOf = (tongue: Tongue, chance: Chance): Slots => ({
  place: chance.pick(tongue.places),
  person: chance.pick(tongue.people),
  thing: chance.pick(tongue.things),
  number: 12 + chance.below(400),
});

/** A story of `paragraphs` paragraphs; the same language, mark and length always tell the same. */
export function story(lang: Language, mark: number, paragraphs = 5): Story {
  const tongue = tongues[lang];
  const chance = chanceOf(`${lang} ${mark}`);
  const slots = slotsOf(tongue, chance);
  const sentence = tongue.unique(mark, slots);
  const told: string[] = [];
  for (let index = 0; index < paragraphs; index++) {
    const sentences = chance
      .shuffled(tongue.patterns)
      .slice(0, Math.min(4, tongue.patterns.length))
      .map((pattern) =>
        pattern({
          ...slotsOf(tongue, chance),
          thing: chance.below(2) === 0 ? slots.thing : chance.pick(tongue.things),
        }),
      );
    if (index === Math.min(1, paragraphs - 1)) sentences.splice(1, 0, sentence);
    told.push(sentences.join(tongue.glue));
  }
  return {
    mark,
    title: `${tongue.title(slots)} (${mark})`,
    sentence,
    paragraphs: told,
    person: slots.person,
  };
}
