/** The policy's name of saving and removing curated answers. */
export const CURATE_ACTION = "docs-answer";
