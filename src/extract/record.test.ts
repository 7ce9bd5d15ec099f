import assert from "node:assert/strict";
import { test } from "node:test";
import type { PageRecord } from "../model/index.ts";
import { price } from "./record-kinds.ts";
import { documentFrom } from "./testing.ts";

const recordOf = (html: string): PageRecord => documentFrom(html).record;
const linked = (...things: unknown[]): string =>
  things.map((thing) => `<script type="application/ld+json">${JSON.stringify(thing)}</script>`).join("");

test("the record says of each field who gave it; JSON-LD goes before metas, metas before markup", () => {
  const record = recordOf(`<html lang=en><head><title>A day | Site</title>
    <meta property="og:title" content="A day"><meta property="og:site_name" content="Site">
    <meta name=description content="What happened."><meta name=author content="By Ann Other">
    <meta property="article:published_time" content="2021-03-04T05:06:07Z">
    <meta property="article:section" content="World"><meta property="article:tag" content="One"><meta property="article:tag" content="Two">
    <meta property="og:image" content="/a.jpg"><link rel=canonical href="/day">
    ${linked({ "@type": "NewsArticle", datePublished: "2021-03-04", author: { name: "Ann" }, keywords: "red, blue" })}
    </head><body><p>Text.</p><a rel="license" href="https://cc.example/by">CC</a>`);
  assert.deepEqual(record, {
    title: { value: "A day", from: "opengraph" },
    description: { value: "What happened.", from: "meta" },
    authors: { value: ["Ann"], from: "json-ld" },
    published: { value: "2021-03-04", from: "json-ld" },
    modified: null,
    language: { value: "en", from: "element" },
    site: { value: "Site", from: "opengraph" },
    canonical: { value: "http://site.example/day", from: "link" },
    images: { value: ["http://site.example/a.jpg"], from: "opengraph" },
    section: { value: "World", from: "opengraph" },
    tags: { value: ["red", "blue"], from: "json-ld" },
    licence: { value: "https://cc.example/by", from: "link" },
    breadcrumbs: null,
    product: null,
    recipe: null,
    event: null,
    organisation: null,
  } satisfies PageRecord);
});

test("a byline gives a name alone", () => {
  const { record, author } = documentFrom(`<p>x</p><p class=byline>By Jane Doe, May 3, 2020</p>`);
  assert.deepEqual([author, record.authors?.value], ["By Jane Doe", ["Jane Doe"]]);
});

test("references inside of linked data are followed", () => {
  const record = recordOf(
    linked({
      "@graph": [
        { "@type": "Article", author: { "@id": "#ann" }, publisher: { "@id": "#org" } },
        { "@type": "Person", "@id": "#ann", name: "Ann Other" },
        {
          "@type": "Organization",
          "@id": "#org",
          name: "The Mill",
          logo: { url: "/l.png" },
          sameAs: ["https://s.example/mill"],
        },
      ],
    }),
  );
  assert.deepEqual(record.authors, { value: ["Ann Other"], from: "json-ld" });
  assert.equal(record.site?.value, "The Mill");
  assert.deepEqual(record.organisation?.value.logo, "http://site.example/l.png");
  assert.deepEqual(record.organisation?.value.profiles, ["https://s.example/mill"]);
});

const product = {
  name: "Wheel",
  brand: "Mill & Co",
  sku: "W-1",
  price: "1234.50",
  currency: "EUR",
  availability: "InStock",
  rating: "4.5",
  ratings: "12",
};
const pick = (record: PageRecord): unknown => {
  const value = record.product?.value;
  return (
    value && Object.fromEntries(Object.keys(product).map((key) => [key, value[key as keyof typeof product]]))
  );
};

test("a product in JSON-LD, in microdata and in RDFa is the same product", () => {
  const jsonLd = recordOf(
    linked({
      "@type": "http://schema.org/Product",
      name: "Wheel",
      brand: { "@type": "Brand", name: "Mill &amp; Co" },
      sku: "W-1",
      offers: [
        { "@type": "Offer", price: 2000, priceCurrency: "EUR" },
        {
          "@type": "Offer",
          price: "1,234.50",
          priceCurrency: "EUR",
          availability: "https://schema.org/InStock",
        },
      ],
      aggregateRating: { ratingValue: 4.5, reviewCount: 12 },
    }),
  );
  assert.equal(jsonLd.product?.from, "json-ld");
  assert.deepEqual(pick(jsonLd), product);
  const microdata =
    recordOf(`<div itemscope itemtype="https://schema.org/WebPage"><div itemprop=mainEntity itemscope itemtype="https://schema.org/Product">
    <h1 itemprop=name>Wheel</h1><span itemprop=brand>Mill &amp; Co</span><meta itemprop=sku content="W-1">
    <div itemprop=offers itemscope itemtype="https://schema.org/Offer"><span itemprop=price>1.234,50 €</span><meta itemprop=priceCurrency content=EUR><link itemprop=availability href="https://schema.org/InStock"></div>
    <div itemprop=aggregateRating itemscope><span itemprop=ratingValue>4.5</span> of <span itemprop=reviewCount>12</span></div></div></div>`);
  assert.equal(microdata.product?.from, "microdata");
  assert.deepEqual(pick(microdata), product);
  const rdfa =
    recordOf(`<div vocab="https://schema.org/" typeof="Product"><h1 property=name>Wheel</h1><span property=brand>Mill &amp; Co</span><meta property=sku content="W-1">
    <div property=offers typeof=Offer><span property="schema:price" content="1234.50">1234.50</span><meta property=priceCurrency content=EUR><link property=availability href="https://schema.org/InStock"></div>
    <div property=aggregateRating typeof=AggregateRating><span property=ratingValue>4.5</span><span property=reviewCount>12</span></div></div>`);
  assert.equal(rdfa.product?.from, "rdfa");
  assert.deepEqual(pick(rdfa), product);
});

test("a product told to social networks only", () => {
  const { product: told } = recordOf(
    `<head><meta property="og:type" content="product"><meta property="og:title" content="Wheel"><meta property="product:price:amount" content="12,00"><meta property="product:price:currency" content="EUR"></head>`,
  );
  assert.deepEqual(
    [told?.from, told?.value.name, told?.value.price, told?.value.currency],
    ["opengraph", "Wheel", "12.00", "EUR"],
  );
});

test("a recipe: steps in sections, durations as given", () => {
  const recipe = recordOf(
    linked({
      "@type": ["Recipe", "NewsArticle"],
      name: "Bread",
      recipeIngredient: ["flour", "water"],
      recipeInstructions: [
        {
          "@type": "HowToSection",
          itemListElement: [
            { "@type": "HowToStep", text: "Mix." },
            { "@type": "HowToStep", text: "Wait." },
          ],
        },
        "Bake.",
      ],
      totalTime: "PT3H",
      nutrition: { calories: "200 kcal" },
    }),
  ).recipe?.value;
  assert.deepEqual(recipe?.ingredients, ["flour", "water"]);
  assert.deepEqual(recipe?.instructions, ["Mix.", "Wait.", "Bake."]);
  assert.deepEqual([recipe?.total, recipe?.calories], ["PT3H", "200 kcal"]);
});

test("an event with its place", () => {
  const event = recordOf(
    linked({
      "@type": "MusicEvent",
      name: "Concert",
      startDate: "2021-03-04T20:00+01:00",
      location: {
        "@type": "Place",
        name: "Hall",
        address: { streetAddress: "Road 1", addressLocality: "Town" },
      },
      performer: [{ name: "A" }, { name: "B" }],
      eventStatus: "https://schema.org/EventCancelled",
    }),
  ).event?.value;
  assert.deepEqual(
    [event?.place, event?.address, event?.performers, event?.status],
    ["Hall", "Road 1, Town", ["A", "B"], "EventCancelled"],
  );
});

test("breadcrumbs in their order, from JSON-LD and microdata", () => {
  const wanted = [
    { name: "Home", url: "http://site.example/" },
    { name: "Here", url: null },
  ];
  const jsonLd = recordOf(
    linked({
      "@type": "BreadcrumbList",
      itemListElement: [
        { "@type": "ListItem", position: 2, name: "Here" },
        { "@type": "ListItem", position: 1, item: { "@id": "/", name: "Home" } },
      ],
    }),
  );
  assert.deepEqual(jsonLd.breadcrumbs, { value: wanted, from: "json-ld" });
  const microdata = recordOf(`<ol itemscope itemtype="http://schema.org/BreadcrumbList">
    <li itemprop=itemListElement itemscope itemtype="http://schema.org/ListItem"><a itemprop=item href="/"><span itemprop=name>Home</span></a><meta itemprop=position content=1></li>
    <li itemprop=itemListElement itemscope><span itemprop=name>Here</span></li></ol>`);
  assert.deepEqual(microdata.breadcrumbs, { value: wanted, from: "microdata" });
});

test("linked data of a hostile kind is bounded and breaks nothing", () => {
  const record = recordOf(
    linked(
      {
        "@type": "Article",
        "@id": "#a",
        author: { "@id": "#a" },
        keywords: Array.from({ length: 5_000 }, (_, at) => `t${at}`),
      },
      { "@type": "Product", offers: { "@id": "#o" }, "@id": "#o" },
      { "@type": "BreadcrumbList", itemListElement: "x" },
      {
        "@type": "Recipe",
        "@id": "#r",
        recipeInstructions: [[[[[["deep"]]]]]],
        itemListElement: Array(300).fill({ "@id": "#r" }),
      },
    ),
  );
  assert.ok((record.tags?.value.length ?? 0) <= 50);
  assert.equal(record.breadcrumbs, null);
});

const prices: readonly [string, string | null][] = [
  ["12", "12"],
  ["$12", "12"],
  ["1,234.50", "1234.50"],
  ["1.234,50 €", "1234.50"],
  ["1 234,5 zł", "1234.5"],
  ["12.000 ₫", "12000"],
  ["1'234.00 CHF", "1234.00"],
  ["19.999", "19.999"],
  ["free", null],
];
for (const [given, wanted] of prices)
  test(`the price ${given} is ${wanted}`, () => assert.equal(price(given), wanted));
