// The record of a document that has no metas, from the few things it says of itself: a feed's own elements, a PDF's information.
import {
  type Document,
  emptyRecord,
  type PageRecord,
  type Provenance,
  type Sourced,
} from "../model/index.ts";

export function withRecord(document: Document, from: Provenance): Document {
  const sourced = (value: string | null): Sourced<string> | null => (value === null ? null : { value, from });
  const { title, description, author, publishedAt, modifiedAt } = document;
  const record: PageRecord = {
    ...emptyRecord,
    title: sourced(title),
    description: sourced(description),
    authors: author === null ? null : { value: [author], from },
    published: sourced(publishedAt),
    modified: sourced(modifiedAt),
  };
  return { ...document, record };
}
