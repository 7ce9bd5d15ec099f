// `/api/subjects`: what the image recipe looks for pictures of, with what became of each; and the pictures themselves.
import { z } from "zod";
import { newSubjectSchema, type Subject } from "../../recipes/index.ts";
import { decodeCursor, encodeCursor } from "../../store/index.ts";
import type { ApiApp } from "../app.ts";
import type { ApiFaces } from "../faces.ts";
import { ProblemError } from "../problems.ts";
import { scrapeUrl } from "../scrape-url.ts";
import { cursorOut, isoOf, isoOrNull, problems, sliceOf, time } from "../shapes.ts";

const SUBJECTS_MAX = 1_000;

const imageSchema = z.object({
  key: z.string(),
  source_url: z.string(),
  page_url: z.string(),
  sha256: z.string(),
  bytes: z.int(),
  width: z.int(),
  height: z.int(),
  content_type: z.string(),
  stored_at: time,
  checked_at: time,
});

const subjectSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    url: z.string().nullable(),
    variables: z.record(z.string(), z.string()),
    origin: z.enum(["api", "file", "query"]),
    /** Since its picture was had last. */
    attempts: z.int(),
    attempted_at: time.nullable(),
    error_code: z.string().nullable(),
    last_error: z.string().nullable(),
    image: imageSchema.nullable(),
    created_at: time,
    updated_at: time,
  })
  .meta({ id: "Subject" });

/** As it is written in a request: the checks of its URL are the recipe's own. */
const fields = {
  id: z.string().min(1).max(200).meta({ example: "artist-1" }),
  name: z.string().min(1).max(500).meta({ example: "An Artist" }),
  url: z.string().min(1).max(8_192).nullable().default(null).meta({ example: "https://example.com/artist" }),
  variables: z.record(z.string(), z.string()).default({}),
};
const one = z.strictObject(fields);
const body = z.union([one, z.strictObject({ subjects: z.array(one).min(1).max(SUBJECTS_MAX) })]);
const counts = z.object({ added: z.int(), changed: z.int() });
const params = z.object({ id: z.string().min(1).max(200) });
const cursorShape = z.object({ after: z.string() });

export function subjectRoutes(app: ApiApp, { subjects, allowPrivate, limitMax }: ApiFaces): void {
  if (subjects === null) return;
  const tags = ["subjects"];
  const missing = (id: string): ProblemError =>
    new ProblemError("not-found", `no subject ${id.slice(0, 200)}`);

  app.post(
    "/api/subjects",
    {
      schema: {
        tags,
        summary: "Enters a subject, or up to 1,000; known ones are brought up to date",
        body,
        response: {
          200: z.union([subjectSchema, counts]),
          201: z.union([subjectSchema, counts]),
          ...problems,
        },
      },
    },
    async (request, reply) => {
      const given = "subjects" in request.body ? request.body.subjects : [request.body];
      const wishes = given.map((written, at) =>
        judged(written, "subjects" in request.body ? `body/subjects/${at}` : "body", allowPrivate),
      );
      const written = await subjects.add(wishes);
      reply.code(written.added > 0 ? 201 : 200);
      const [first] = wishes;
      if ("subjects" in request.body || first === undefined) return written;
      reply.header("location", `/api/subjects/${encodeURIComponent(first.id)}/`);
      const subject = await subjects.one(first.id);
      if (subject === null) throw missing(first.id);
      return shown(subject);
    },
  );

  app.get(
    "/api/subjects",
    {
      schema: {
        tags,
        summary: "Subjects by id, with what became of them",
        querystring: z.strictObject(sliceOf(limitMax)),
        response: { 200: z.object({ items: z.array(subjectSchema), cursor: cursorOut }), ...problems },
      },
    },
    async ({ query: { limit, cursor } }) => {
      const after = cursor === undefined ? "" : decodeCursor(cursor, cursorShape).after;
      const items = await subjects.list(limit, after);
      const last = items.length === limit ? items.at(-1) : undefined;
      return {
        items: items.map(shown),
        cursor: last === undefined ? null : encodeCursor({ after: last.id }),
      };
    },
  );

  const remove = async (id: string): Promise<void> => {
    // To its end, whoever has gone away meanwhile: the object store has a time limit of its own.
    if (!(await subjects.remove(id, new AbortController().signal))) throw missing(id);
  };
  app.delete(
    "/api/subjects",
    {
      schema: {
        tags,
        summary: "Removes a subject and its picture",
        querystring: z.strictObject({ id: params.shape.id }),
        response: { 204: z.null(), ...problems },
      },
    },
    async ({ query: { id } }, reply) => {
      await remove(id);
      return reply.code(204).send(null);
    },
  );
  app.delete(
    "/api/subjects/:id",
    {
      schema: {
        tags,
        summary: "Removes a subject and its picture",
        params,
        response: { 204: z.null(), ...problems },
      },
    },
    async ({ params: { id } }, reply) => {
      await remove(id);
      return reply.code(204).send(null);
    },
  );

  app.get(
    "/api/subjects/:id",
    { schema: { tags, summary: "A subject", params, response: { 200: subjectSchema, ...problems } } },
    async ({ params: { id } }) => {
      const subject = await subjects.one(id);
      if (subject === null) throw missing(id);
      return shown(subject);
    },
  );
  app.get(
    "/api/subjects/:id/image",
    {
      schema: {
        tags,
        summary: "The picture",
        params,
        response: { 200: z.any().meta({ description: "The picture's bytes" }), ...problems },
      },
    },
    async ({ params: { id } }, reply) => {
      const gone = new AbortController();
      reply.raw.once("close", () => gone.abort());
      const picture = await subjects.picture(id, gone.signal);
      if (picture === null) throw new ProblemError("not-found", `no picture of ${id.slice(0, 200)}`);
      return reply
        .type(picture.contentType)
        .header("etag", `"${picture.sha256}"`)
        .send(Buffer.from(picture.bytes.buffer, picture.bytes.byteOffset, picture.bytes.byteLength));
    },
  );
}

/** A subject that is right throughout, or the problem that says where it is not. */
function judged(written: z.output<typeof one>, path: string, allowPrivate: boolean) {
  if (written.url !== null) {
    const checked = scrapeUrl(written.url, allowPrivate);
    if (!checked.ok) throw new ProblemError(checked.error.kind, `${path}/url: ${checked.error.message}`);
  }
  const parsed = newSubjectSchema.safeParse(written);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map((issue) => ({
    path: [path, ...issue.path.map(String)].join("/"),
    message: issue.message,
  }));
  throw new ProblemError("invalid-request", `${errors[0]?.path}: ${errors[0]?.message}`, errors);
}

function shown(subject: Subject): z.output<typeof subjectSchema> {
  const { image } = subject;
  return {
    id: subject.id,
    name: subject.name,
    url: subject.url,
    variables: { ...subject.variables },
    origin: subject.origin,
    attempts: subject.attempts,
    attempted_at: isoOrNull(subject.attemptedAtMs),
    error_code: subject.errorCode,
    last_error: subject.lastError,
    image:
      image === null
        ? null
        : {
            key: image.key,
            source_url: image.sourceUrl,
            page_url: image.pageUrl,
            sha256: image.sha256,
            bytes: image.bytes,
            width: image.width,
            height: image.height,
            content_type: image.contentType,
            stored_at: isoOf(image.storedAtMs),
            checked_at: isoOf(image.checkedAtMs),
          },
    created_at: isoOf(subject.createdAtMs),
    updated_at: isoOf(subject.updatedAtMs),
  };
}
