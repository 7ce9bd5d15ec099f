// Floor 6: recipes, whole pieces of work made of the rooms below: pictures of subjects.
export { imagesJob } from "./images/job.ts";
export { type PageReader, type PageSchemas, pageReader, pageSchemas } from "./images/page-reader.ts";
export { type CollectedStatus, type ImagesRunParts, type ImagesSummary, runImages } from "./images/run.ts";
export { type NewSubject, newSubjectSchema, type Subject } from "./images/subject.ts";
export { type SubjectFileCounts, subjectsFromCsv, WrongHeader } from "./images/subject-file.ts";
export { QueryRefused } from "./images/subject-query.ts";
export { SubjectTable } from "./images/subject-table.ts";
export { Subjects } from "./images/subjects.ts";
export { recipesOptions } from "./options.ts";
