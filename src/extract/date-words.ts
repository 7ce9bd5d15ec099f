// The words and signs in which the languages of the web write dates: names of months, of zones, of halves of a day. Reads no date.

const MONTH_NAMES: readonly string[] = [
  // One line a month: English and what others call it, without accents and in lower case.
  "january januar jan janvier janv enero ene gennaio gen janeiro januari stycznia styczen январь января янв ocak oca ledna leden tammikuu tammikuuta ianuarie januara januarja sausio януари січня ιανουαριου",
  "february februar feb fevrier fevr febrero febbraio fevereiro fev februari lutego luty февраль февраля фев subat sub unora unor helmikuu helmikuuta februarie februara februarja feber februari фебруари лютого φεβρουαριου",
  "march marz mar mars marzo marco mars maart mrt marca marzec март марта мар mart brezna brezen maaliskuu maaliskuuta martie ozujka marca mars березня μαρτιου",
  "april avril avr abril abr aprile apr kwietnia kwiecien апрель апреля апр nisan nis dubna duben huhtikuu huhtikuuta aprilie travnja aprila април квітня απριλιου",
  "may mai mayo maggio mag maio mei maja maj май мая mayis kvetna kveten toukokuu toukokuuta svibnja maja maj травня μαιου",
  "june juni jun juin junio giugno giu junho czerwca czerwiec июнь июня июн haziran haz cervna cerven kesakuu kesakuuta iunie lipnja junija юни червня ιουνιου",
  "july juli jul juillet juil julio luglio lug julho lipca lipiec июль июля июл temmuz tem cervence cervenec heinakuu heinakuuta iulie srpnja julija юли липня ιουλιου",
  "august aug aout agosto ago augustus sierpnia sierpien август августа авг agustos agu srpna srpen elokuu elokuuta kolovoza avgusta augusti серпня αυγουστου",
  "september sep sept septembre septiembre setiembre settembre set setembro wrzesnia wrzesien сентябрь сентября сен сент eylul eyl zari syyskuu syyskuuta septembrie rujna septembra септември вересня σεπτεμβριου",
  "october oktober okt oct octobre octubre ottobre ott outubro out pazdziernika pazdziernik октябрь октября окт ekim eki rijna rijen lokakuu lokakuuta octombrie oktobra октомври жовтня οκτωβριου",
  "november nov novembre noviembre novembro listopada listopad ноябрь ноября ноя kasim kas marraskuu marraskuuta noiembrie studenoga novembra ноември листопада νοεμβριου",
  "december dez dezember dec decembre diciembre dic dicembre dezembro des desember grudnia grudzien декабрь декабря дек aralik ara prosince prosinec joulukuu joulukuuta decembrie prosinca decembra декември грудня δεκεμβριου",
];

const MONTHS = new Map(
  MONTH_NAMES.flatMap((names, at) => names.split(" ").map((name) => [name, at + 1] as const)),
);

/** 1 to 12, or 0 for what names no month. */
export function monthNumber(name: string): number {
  const plain = name
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/ı/g, "i")
    .normalize("NFC");
  return MONTHS.get(plain) ?? MONTHS.get(decomposed(name)) ?? 0;
}

/** The letter й loses its sign with the accents of others; the list has it whole. */
function decomposed(name: string): string {
  return name.toLowerCase().normalize("NFC");
}

const ZONES = new Map(
  Object.entries({
    z: "Z",
    utc: "Z",
    gmt: "Z",
    wet: "Z",
    est: "-05:00",
    edt: "-04:00",
    cst: "-06:00",
    cdt: "-05:00",
    mst: "-07:00",
    mdt: "-06:00",
    pst: "-08:00",
    pdt: "-07:00",
    cet: "+01:00",
    mez: "+01:00",
    cest: "+02:00",
    mesz: "+02:00",
    eet: "+02:00",
    eest: "+03:00",
    msk: "+03:00",
    мск: "+03:00",
    jst: "+09:00",
    kst: "+09:00",
    aest: "+10:00",
    aedt: "+11:00",
  }),
);

/** "Z" or an offset for a name or an offset as pages write it; nothing for a name that is none, or several. */
export function zoneOffset(zone: string): string {
  const name = zone.trim().toLowerCase();
  const known = ZONES.get(name);
  if (known !== undefined) return known;
  const offset = /^(?:utc|gmt)?([+-])(\d{1,2})(?::?(\d{2}))?$/.exec(name);
  if (offset === null) return "";
  return `${offset[1]}${(offset[2] ?? "").padStart(2, "0")}:${offset[3] ?? "00"}`;
}

const AFTERNOON = /^(?:p\.?\s?m\.?|오후|下午|午後|晚上)$/i;
const MORNING = /^(?:a\.?\s?m\.?|오전|上午|午前|早上)$/i;

/** The hour of 24 for one of 12, where a half of the day is named. */
export function hourOf(hour: number, half: string): number {
  if (AFTERNOON.test(half)) return (hour % 12) + 12;
  return MORNING.test(half) ? hour % 12 : hour;
}

/** Languages (and English outside the United States) that write the day first; the few others are named. */
export function monthComesFirst(language: string): boolean {
  return /^en(?:-us|-ph)?$|^es-us$|^fil/i.test(language);
}
