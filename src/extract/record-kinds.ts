// Products, recipes, events and organisations as schema.org's properties give them. Values stay as the page writes them but for prices,
// which lose signs of currency, and schema.org's own addresses, of which the last word counts. Computes nothing.
import type {
  EventRecord,
  OrganisationRecord,
  ProductRecord,
  RecipeRecord,
  Sourced,
} from "../model/index.ts";
import { resolve } from "./addresses.ts";
import type { MetaValues } from "./metadata-values.ts";
import { firstThing, imagesIn, partOfThing, type Thing, textOfThing, textsOfThing } from "./things.ts";

const LIST_MAX = 200;

const address = (reference: string | null, base: string): string | null =>
  reference === null ? null : resolve(reference, base);
const images = (thing: Thing, base: string): string[] =>
  [...new Set(imagesIn(thing).flatMap((reference) => resolve(reference, base) ?? []))].slice(0, LIST_MAX);
/** "InStock" of "https://schema.org/InStock". */
const word = (value: string | null): string | null => value?.slice(value.lastIndexOf("/") + 1) ?? null;

export function productOf(
  things: readonly Thing[],
  metas: MetaValues,
  base: string,
): Sourced<ProductRecord> | null {
  const product = firstThing(things, /^(?:Product|ProductGroup|IndividualProduct|Vehicle|Car|Book)$/i);
  if (product === null) return productOfMetas(metas, base);
  const offer = lowestOffer(product) ?? lowestOffer(partOfThing(product, "hasVariant"));
  const rating = partOfThing(product, "aggregateRating");
  return {
    value: {
      name: textOfThing(product, "name"),
      brand: textOfThing(product, "brand", "manufacturer"),
      sku: textOfThing(product, "sku", "productID"),
      code: textOfThing(product, "gtin", "gtin13", "gtin14", "gtin12", "gtin8", "isbn", "mpn"),
      description: textOfThing(product, "description"),
      price: offer?.price ?? price(metas.first("product:price:amount", "og:price:amount")?.value ?? null),
      currency: offer?.currency ?? metas.first("product:price:currency", "og:price:currency")?.value ?? null,
      availability: offer?.availability ?? null,
      rating: textOfThing(rating, "ratingValue"),
      ratings: textOfThing(rating, "ratingCount", "reviewCount"),
      images: images(product, base),
      url: address(textOfThing(product, "url"), base),
    },
    from: product.from,
  };
}

/** What shops without linked data tell social networks. */
function productOfMetas(metas: MetaValues, base: string): Sourced<ProductRecord> | null {
  const amount = metas.first("product:price:amount", "og:price:amount")?.value ?? null;
  const kind = metas.first("og:type")?.value ?? "";
  if (amount === null && !/(?:^|[.:])product(?:\.item)?$/i.test(kind)) return null;
  const image = address(metas.first("og:image")?.value ?? null, base);
  return {
    value: {
      name: metas.first("og:title")?.value ?? null,
      brand: metas.first("product:brand", "og:brand")?.value ?? null,
      sku: metas.first("product:retailer_item_id", "product:sku")?.value ?? null,
      code: metas.first("product:ean", "product:isbn", "product:upc", "product:mfr_part_no")?.value ?? null,
      description: metas.first("og:description")?.value ?? null,
      price: price(amount),
      currency: metas.first("product:price:currency", "og:price:currency")?.value ?? null,
      availability: metas.first("product:availability", "og:availability")?.value ?? null,
      rating: null,
      ratings: null,
      images: image === null ? [] : [image],
      url: address(metas.first("og:url")?.value ?? null, base),
    },
    from: "opengraph",
  };
}

interface Offer {
  readonly price: string | null;
  readonly currency: string | null;
  readonly availability: string | null;
}

/** Things that may be looked at for one record: references may lead in circles. */
interface Budget {
  left: number;
}

function lowestOffer(thing: Thing | null, budget: Budget = { left: LIST_MAX }): Offer | null {
  const offers = thing === null ? [] : thing.values("offers");
  let lowest: Offer | null = null;
  for (const given of offers) {
    if (typeof given === "string" || budget.left-- <= 0) continue;
    const nested = given.values("lowPrice").length > 0 ? null : lowestOffer(given, budget);
    const specified = partOfThing(given, "priceSpecification");
    const offer: Offer = {
      price:
        price(textOfThing(given, "price", "lowPrice") ?? textOfThing(specified, "price")) ??
        nested?.price ??
        null,
      currency:
        textOfThing(given, "priceCurrency") ??
        textOfThing(specified, "priceCurrency") ??
        nested?.currency ??
        null,
      availability: word(textOfThing(given, "availability")) ?? nested?.availability ?? null,
    };
    if (lowest === null || Number(offer.price ?? Number.NaN) < Number(lowest.price)) lowest = offer;
  }
  return lowest;
}

/** "1,234.50", "1.234,50 €" and "$12" as "1234.50" and "12"; null for what holds no number. */
export function price(given: string | null): string | null {
  const digits = given === null ? null : /\d[\d.,'\s]*/.exec(given.slice(0, 100));
  if (digits === null) return null;
  const plain = digits[0].replace(/['\s]/g, "").replace(/[.,]+$/, "");
  const decimal = /[.,](\d{1,2})$/.exec(plain);
  // A sign with three digits behind it parts thousands, unless it is the point of a number as programs write it ("3.999").
  if (decimal === null && /^\d+\.\d{3,}$/.test(plain) && plain === given?.trim()) return plain;
  const whole = (decimal === null ? plain : plain.slice(0, -decimal[0].length)).replace(/[.,]/g, "");
  return decimal === null ? whole : `${whole}.${decimal[1]}`;
}

export function recipeOf(things: readonly Thing[], base: string): Sourced<RecipeRecord> | null {
  const recipe = firstThing(things, /^Recipe$/i);
  if (recipe === null) return null;
  const rating = partOfThing(recipe, "aggregateRating");
  const ingredients = textsOfThing(recipe, "recipeIngredient");
  return {
    value: {
      name: textOfThing(recipe, "name", "headline"),
      ingredients: ingredients.length > 0 ? ingredients : textsOfThing(recipe, "ingredients"),
      instructions: steps(recipe, "recipeInstructions", { left: LIST_MAX }),
      yield: textOfThing(recipe, "recipeYield", "yield"),
      preparation: textOfThing(recipe, "prepTime"),
      cooking: textOfThing(recipe, "cookTime"),
      total: textOfThing(recipe, "totalTime"),
      category: textOfThing(recipe, "recipeCategory"),
      cuisine: textOfThing(recipe, "recipeCuisine"),
      calories: textOfThing(partOfThing(recipe, "nutrition"), "calories"),
      rating: textOfThing(rating, "ratingValue"),
      ratings: textOfThing(rating, "ratingCount", "reviewCount"),
      images: images(recipe, base),
    },
    from: recipe.from,
  };
}

/** Steps are texts, things with a text, or sections of these. */
function steps(thing: Thing, property: string, budget: Budget): string[] {
  return thing.values(property).flatMap((value) => {
    if (budget.left-- <= 0) return [];
    if (typeof value === "string") return value === "" ? [] : [value];
    const inner = steps(value, "itemListElement", budget);
    if (inner.length > 0) return inner;
    const text = textOfThing(value, "text", "name", "description");
    return text === null ? [] : [text];
  });
}

export function eventOf(things: readonly Thing[], base: string): Sourced<EventRecord> | null {
  const event = firstThing(things, /Event$|^(?:Festival|Hackathon|EventSeries)$/i);
  if (event === null) return null;
  const place = partOfThing(event, "location");
  const offer = lowestOffer(event);
  return {
    value: {
      name: textOfThing(event, "name"),
      start: textOfThing(event, "startDate"),
      end: textOfThing(event, "endDate"),
      place: place === null ? textOfThing(event, "location") : textOfThing(place, "name", "url"),
      address: postal(place),
      organiser: textOfThing(event, "organizer"),
      performers: [...textsOfThing(event, "performer"), ...textsOfThing(event, "performers")].slice(
        0,
        LIST_MAX,
      ),
      status: word(textOfThing(event, "eventStatus")),
      price: offer?.price ?? null,
      currency: offer?.currency ?? null,
      url: address(textOfThing(event, "url"), base),
    },
    from: event.from,
  };
}

const ORGANISATION =
  /^(?:(?:News|NGO|Sports|Government|Educational|Medical|Performing|Online)?(?:Media)?Organi[sz]ation|NGO|Corporation|LocalBusiness|OnlineStore|Store|Restaurant|Hotel|CollegeOrUniversity|School|Library|Museum|AirLine)$/i;

export function organisationOf(things: readonly Thing[], base: string): Sourced<OrganisationRecord> | null {
  const organisation = firstThing(things, ORGANISATION) ?? publisherOf(things);
  if (organisation === null) return null;
  const logo = partOfThing(organisation, "logo");
  return {
    value: {
      name: textOfThing(organisation, "name", "legalName"),
      url: address(textOfThing(organisation, "url"), base),
      logo: address(
        logo === null ? textOfThing(organisation, "logo") : textOfThing(logo, "url", "contentUrl"),
        base,
      ),
      telephone: textOfThing(organisation, "telephone"),
      email: textOfThing(organisation, "email"),
      address: postal(organisation),
      profiles: textsOfThing(organisation, "sameAs").slice(0, LIST_MAX),
    },
    from: organisation.from,
  };
}

function publisherOf(things: readonly Thing[]): Thing | null {
  for (const thing of things.slice(0, 100)) {
    const publisher = partOfThing(thing, "publisher");
    if (publisher?.types.some((type) => ORGANISATION.test(type))) return publisher;
  }
  return null;
}

/** One line: street, place, region, code, country. */
function postal(thing: Thing | null): string | null {
  const parts = partOfThing(thing, "address");
  if (parts === null) return textOfThing(thing, "address");
  const named = ["streetAddress", "addressLocality", "addressRegion", "postalCode", "addressCountry"];
  const line = named.flatMap((property) => textOfThing(parts, property) ?? []).join(", ");
  return line === "" ? null : line;
}
