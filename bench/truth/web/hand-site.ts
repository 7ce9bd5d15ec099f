// A host whose pages are written by hand or by a server's templates: one document a page, what its scripts ask for beside it.
import type { Content } from "./content.ts";
import { type DocumentParts, documentHtml } from "./markup.ts";
import type { Plan } from "./plan.ts";
import { type Answer, type Expected, html, type TruthPage, type TruthSite } from "./site.ts";

export interface HandPage {
  readonly document: Omit<DocumentParts, "title"> & { readonly title?: string };
  readonly expected: Expected;
  /** What the page asks for, by path. */
  readonly answers?: readonly (readonly [path: string, answer: Answer])[];
}

export function handSite(
  plan: Plan,
  contents: readonly Content[],
  make: (content: Content, path: string) => HandPage,
  shared: readonly (readonly [path: string, answer: Answer])[] = [],
): TruthSite {
  const answers = new Map<string, Answer>(shared);
  const pages = contents.map((content): TruthPage => {
    const path = `/${content.kind}/${content.id}`;
    const made = make(content, path);
    answers.set(path, html(documentHtml(plan, { title: content.title, framed: true, ...made.document })));
    for (const [at, answer] of made.answers ?? []) answers.set(at, answer);
    return { path, expected: made.expected };
  });
  return { host: plan.host, family: plan.family, variant: plan.variant, pages, answers };
}

/** A script element of the host's own code, in the page or beside it. */
export function ownScript(
  plan: Plan,
  name: string,
  code: string,
): { element: string; answer: readonly [string, Answer] } {
  const path = `/js/${name}-${plan.number}.js`;
  const answer: readonly [string, Answer] = [path, { type: "text/javascript; charset=utf-8", body: code }];
  return { element: plan.isInline ? `<script>${code}</script>` : `<script src="${path}"></script>`, answer };
}
