// Pages put together at random of all that the survey treats in its own way, and what of a tree is hidden, said once more and slowly: for tests
// that compare.
import fc from "fast-check";
import { HIDDEN } from "../element-kinds.ts";
import { attribute, type Element } from "../tree.ts";

/** What hides what it holds: scripts and the like, and what the page's attributes hide. */
export function hides(element: Element): boolean {
  if ((element.kinds & HIDDEN) !== 0) return true;
  if (attribute(element, "hidden") !== null && attribute(element, "hidden") !== "until-found") return true;
  if (/display:none|visibility:hidden/i.test(attribute(element, "style") ?? "")) return true;
  if (element.name === "dialog") return attribute(element, "open") === null;
  if (element.name !== "a" || element.children.length !== 1 || element.first?.kind !== 3) return false;
  return (
    /^[#¶§🔗]$/u.test(element.first.data.replace(/\s/g, "")) &&
    attribute(element, "href")?.includes("#") === true
  );
}

/** The element and all below, in document order. */
export function elementsOf(element: Element): Element[] {
  return [element, ...element.children.flatMap((child) => (child.kind === 1 ? elementsOf(child) : []))];
}

const words = fc.constantFrom(
  ..."a|b c| d|e |\n|  |\u00a0|&nbsp;|&#32;|&amp;|&#x1F600;|f<!-- -->g|<!-- --> |\u00e9\u00a0|\u6f22\u5b57\u3002|\u{1f600}|x, y.|<br>|#|\u2003|Some longer words, of more than sixteen bytes. |It is a sentence, long enough to be a paragraph by itself; so it is. | \n and white space behind \t".split(
    "|",
  ),
);
const names = fc.constantFrom(
  ..."p div span b i a li dd ul td pre blockquote section h2 h1 time main address x-own noscript template dialog iframe select option button nav footer article math svg g title desc label textarea".split(
    " ",
  ),
);
const borne = fc.constantFrom(
  "",
  "",
  "",
  " hidden",
  " hidden=until-found",
  " HIDDEN=''",
  " style=display:none",
  " style=color:red",
  " style='x; visibility:hidden'",
  " STYLE='x;DISPLAY:NONE'",
  " style=display:&#110;one",
  " style='font: none, hidden'",
  " open",
  " href=#x",
  " href=/x",
  " class=a id=b",
  " class='loading c' id=x-own",
  " id=loading-y",
  " class=byline",
  " rel=author",
  " REL='x Author'",
  " rel='nofollow &#97;uthor'",
  " rel=authority",
  " rel=license href=/l",
  " rel='\u00e9 licence'",
  " itemprop=author",
  " itemprop='text articleBody'",
  " role=main",
  " role=search",
  " role=Dialog class=a",
  " class=sidebar",
  " class='comments article-text' id=a",
  " id=cookie-notice",
  " class=entry-content-read-more",
  " class='articleBody'",
  " class=c data-testid=share",
  " itemscope",
  " typeof=T",
  " onclick=go()",
  " ONLOAD=go()",
  " data-own=1",
  " DATA-own",
  " data-jwn=1 data-x=own",
  " title='some longer text with a Needle behind sixteen bytes'",
  " data-needle=1 title=x",
  " title=n&#101;edle",
  " title='needl\u00e9 needl'",
);
const extras = fc.constantFrom(
  "<script>var a</script>",
  "<style>p{}</style>",
  "<noscript><p>no <b>script</b></p></noscript>",
  "<template><p>never</template>",
  "<svg><title>t</title><a>s</a><foreignObject><p id=in>f</p></foreignObject></svg>",
  "<a href=#p>#</a>",
  "<a href=#p> \u00b6 </a>",
  "<a href=#p>&para;</a>",
  "<a href=#p>\u00a0\u00a7</a>",
  "<a href=#p>\u3000#</a>",
  "<a href=#p>\u2003\u00b6</a>",
  "<a href=#p>\ufeff#</a>",
  "<a href=#p>\u{1f517}</a>",
  "<a href=#p>\u{1f600}</a>",
  "<a href=#p>\u3042</a>",
  "<a href=#p>#<!-- --></a>",
  "<a href=/p>#</a>",
  "<dialog>closed</dialog>",
  "<dialog open>open</dialog>",
  "<img alt=x><input type=text><meta name=a content=b>",
);
const { inside } = fc.letrec<{ inside: string }>((tie) => ({
  inside: fc.oneof(
    { maxDepth: 6, depthSize: "large" },
    words,
    extras,
    fc
      .tuple(names, borne, tie("inside"))
      .map(([name, bears, below]) => `<${name}${bears}>${below}</${name}>`),
    fc.array(tie("inside"), { minLength: 2, maxLength: 5 }).map((parts) => parts.join("")),
  ),
}));
/** HTML. */
export const anyPage = fc
  .tuple(
    fc.constantFrom(
      "",
      "<title>t &amp; u</title>",
      "<head> <meta charset=utf-8><noscript><p>h</p></noscript>",
      "<html class=loading><body id=in>",
    ),
    fc.array(inside, { maxLength: 8 }),
  )
  .map(([start, parts]) => start + parts.join(""));
