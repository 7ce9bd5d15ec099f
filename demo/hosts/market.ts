// A shop: product pages with JSON-LD or microdata, categories with a pager, and robots rules with wildcards.
import { chanceOf } from "../chance.ts";
import { cards, escapeHtml, frame, pager } from "../layout.ts";
import type { Web } from "../site.ts";

const SITE = { lang: "en", siteName: "Weir & Sons", accent: "#2f6b3a" } as const;
const KINDS = ["kettle", "lantern", "notebook", "teapot", "blanket", "clock"] as const;
const MAKERS = ["Aldermere Works", "Fenbridge", "Holm & Daughter", "Okafor"] as const;
const PER_PAGE = 12;
const PRODUCTS = 36;

interface Product {
  readonly path: string;
  readonly name: string;
  readonly maker: string;
  readonly price: string;
  readonly sentence: string;
  readonly number: number;
}

export function addMarket(web: Web): void {
  const chance = chanceOf("market");
  const products: Product[] = Array.from({ length: PRODUCTS }, (_, index) => {
    const number = 3001 + index;
    const kind = KINDS[index % KINDS.length] ?? "kettle";
    const maker = chance.pick(MAKERS);
    return {
      number,
      maker,
      path: `/products/${kind}-${number}`,
      name: `${maker} ${kind} ${number}`,
      price: `${12 + chance.below(180)}.${chance.below(10)}0`,
      sentence: `The ${kind} with catalogue number ${number} is made by hand in small batches and repaired free of charge.`,
    };
  });
  const nav = [
    ["Shop", "/"],
    ["All goods", "/goods?page=1"],
    ["Basket", "/basket"],
  ] as const;

  for (const [index, product] of products.entries()) {
    const { name, sentence } = product;
    const facts = `<table><tr><th>Maker</th><td>${escapeHtml(product.maker)}</td></tr><tr><th>Catalogue</th><td>${product.number}</td></tr></table>`;
    const next = products[(index + 5) % PRODUCTS] ?? product;
    const also = `<p>Seen together with <a href="${next.path}?utm_source=also">${escapeHtml(next.name)}</a>.</p>`;
    const structured = index % 2 === 0;
    web.page("market", product.path, {
      kind: structured ? "product with JSON-LD" : "product with microdata",
      html: frame({
        ...SITE,
        nav,
        title: name,
        description: sentence,
        head: structured ? jsonLd(product) : "",
        main: structured
          ? `<article><h1>${escapeHtml(name)}</h1>\n<p>${sentence}</p>\n<p>£${product.price}</p>\n${facts}\n${also}</article>`
          : microdata(product, facts, also),
      }),
      title: name,
      sentence,
      lang: "en",
    });
  }

  // Served all the same: a crawler that does not heed robots.txt is found out by what it stores.
  const forbidden = Buffer.from(
    frame({
      ...SITE,
      nav,
      title: "Not for robots",
      main: "<p>A robot that reads this has not read the rules.</p>",
    }),
  );
  const pages = PRODUCTS / PER_PAGE;
  const hrefs = Array.from({ length: pages }, (_, page) => `/goods?page=${page + 1}`);
  for (let page = 0; page < pages; page++) {
    const title = `All goods, shelf ${page + 1}`;
    const sentence = `Shelf ${page + 1} holds ${PER_PAGE} things that will outlast their box.`;
    const items = products.slice(page * PER_PAGE, (page + 1) * PER_PAGE);
    const list = cards(
      items.map(({ path, name, price }) => ({ href: path, title: name, note: `£${price}` })),
    );
    const sorted = `<p class="meta"><a href="/goods?page=${page + 1}&amp;sort=price">by price</a></p>`;
    web.page("market", `/goods?page=${page + 1}`, {
      kind: "listing",
      html: frame({
        ...SITE,
        nav,
        title,
        main: `<h1>${title}</h1>\n<p>${sentence}</p>\n${sorted}\n${list}\n${pager(hrefs, page)}`,
      }),
      title,
      sentence,
      lang: "en",
    });
    web.failure(
      "market",
      `/goods?page=${page + 1}&sort=price`,
      { kind: "disallowed by wildcard", outcome: "skipped", code: "robots", status: null },
      { body: forbidden },
    );
  }
  const sentence = "Weir and Sons sell kettles, clocks and blankets that can be mended.";
  web.page("market", "/", {
    kind: "home",
    html: frame({
      ...SITE,
      nav,
      title: "Weir & Sons, household goods",
      main: `<h1>Household goods</h1>\n<p>${sentence}</p>\n${pager(hrefs, -1)}`,
    }),
    title: "Weir & Sons, household goods",
    sentence,
    lang: "en",
  });
  web.failure(
    "market",
    "/basket",
    { kind: "disallowed", outcome: "skipped", code: "robots", status: null },
    { body: forbidden },
  );
  web.control(
    "market",
    "/robots.txt",
    "text/plain",
    "User-agent: *\nDisallow: /basket\nDisallow: /*&sort=\nDisallow: /*?sort=\n",
  );
}

function jsonLd(product: Product): string {
  const data = {
    "@context": "https://schema.org",
    "@type": "Product",
    name: product.name,
    brand: { "@type": "Brand", name: product.maker },
    sku: String(product.number),
    offers: {
      "@type": "Offer",
      price: product.price,
      priceCurrency: "GBP",
      availability: "https://schema.org/InStock",
    },
  };
  return `<script type="application/ld+json">${JSON.stringify(data)}</script>\n`;
}

const microdata = (product: Product, facts: string, also: string): string =>
  `<article itemscope itemtype="https://schema.org/Product"><h1 itemprop="name">${escapeHtml(product.name)}</h1>
<p itemprop="description">${product.sentence}</p>
<p itemprop="offers" itemscope itemtype="https://schema.org/Offer"><meta itemprop="priceCurrency" content="GBP">£<span itemprop="price">${product.price}</span></p>
${facts}
${also}</article>`;
