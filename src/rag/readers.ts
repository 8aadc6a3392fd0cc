/**
 * Who may read a document: whoever is named in each of the lists, by any of that list's names. "public": every member of
 * the workspace. A page under a restricted page has a list of its own and one of the page above; an empty list is nobody.
 *
 * Names are `person:<Slack id>`, `email:<address>`, `group:<handle of a Slack user group>`, `role:<role of the policy>`
 * and `channel:<Slack id>` (its members). Other systems' groups are turned into these by the source's settings; a group
 * that no setting names is a name that nobody has, such as `confluence:ml-team`.
 */
export type Readers = "public" | { allOf: readonly (readonly string[])[] };
