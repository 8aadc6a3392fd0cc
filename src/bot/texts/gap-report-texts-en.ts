import { code } from "../escape.ts";

/** The weekly report of what documents do not answer. */
export const gapReportTextsEn = {
  title: (count: number) =>
    count === 0
      ? "Every question of the last seven days has an answer that nobody complained about."
      : `${count} question${count === 1 ? "" : "s"} of the last seven days without a good answer`,
  otherTopic: "Others",
  count: (count: number) => `${count} question${count === 1 ? "" : "s"}`,
  times: (count: number) => `${count} times`,
  others: (count: number) => `and ${count} that ${count === 1 ? "was" : "were"} asked elsewhere or once`,
  moreTopics: (count: number) => `and ${count} more topics`,
  foot: `Pages to write or to mend. With what people wrote about them: ${code("./jibsa gaps")}`,
  complaints: {
    "no-answer": "no answer",
    "not-helpful": "not helpful",
    "other-page": "page of something else",
    "page-outdated": "page wrong or outdated",
    misread: "page misread",
    incomplete: "incomplete",
  },
};
