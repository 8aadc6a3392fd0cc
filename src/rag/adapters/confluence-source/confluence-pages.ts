import { z } from "zod";

/** Who may see a page, of those who may see the page above it. */
export interface Restriction {
  people: readonly { ids: readonly string[]; email: string | undefined }[];
  /** Each by all its names. */
  groups: readonly (readonly string[])[];
}

export interface ConfluencePage {
  id: string;
  title: string;
  version: number;
  changedAt: Date;
  /** Its address after the wiki's own: "/spaces/ML/pages/123/Title". */
  webui: string;
  /** Undefined: nothing is above it. */
  parent: Parent | undefined;
  /** Of the page itself, without those above; undefined: not known yet. Nobody named: not restricted. */
  restriction: Restriction | undefined;
}
export interface Parent {
  id: string;
  /** "page", or what else may hold pages: "folder", "whiteboard", "database", "embed". */
  kind: string;
}

/** What Cloud and Data Center both tell, each in its own words. */
export interface ConfluenceApi {
  /** Current pages only: neither archived, nor in the trash, nor drafts. Undefined: there is no such space, or not for this account. */
  listSpace(key: string, signal: AbortSignal | undefined): Promise<readonly ConfluencePage[] | undefined>;
  /** Of one page or folder itself. */
  readRestriction(id: string, signal: AbortSignal | undefined): Promise<Restriction>;
  /** What is above something that is not a page of the listed spaces. */
  readParent(of: Parent, signal: AbortSignal | undefined): Promise<Parent | undefined>;
  /** Undefined: it is no current page any more. */
  readPage(
    id: string,
    signal: AbortSignal | undefined,
  ): Promise<(Pick<ConfluencePage, "title" | "changedAt" | "webui"> & { storage: string }) | undefined>;
}

export const versionSchema = z.object({ number: z.number().int() });
export const webuiSchema = z.object({ webui: z.string().startsWith("/") });
const nextSchema = z.object({ next: z.string().min(1).optional() }).optional();

export const pagedSchema = <Item extends z.ZodType>(item: Item) =>
  z.object({ results: z.array(item), _links: nextSchema });

const userSchema = z.object({
  accountId: z.string().optional(),
  username: z.string().optional(),
  userKey: z.string().optional(),
  email: z.string().optional(),
});
const groupSchema = z.object({ name: z.string().optional(), id: z.string().optional() });
const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ results: z.array(item), limit: z.number().int(), size: z.number().int() });

/** https://developer.atlassian.com/cloud/confluence/rest/v1/api-group-content-restrictions, the same in Data Center. */
export const restrictionSchema = z.object({
  restrictions: z.object({ user: listOf(userSchema), group: listOf(groupSchema) }),
});
type RestrictionAnswer = z.output<typeof restrictionSchema>;

export function toRestriction({ restrictions: { user, group } }: RestrictionAnswer): Restriction {
  return {
    people: user.results.map(({ accountId, username, userKey, email }) => ({
      ids: given([accountId, username, userKey]),
      email: email === undefined || email === "" ? undefined : email,
    })),
    groups: group.results.map(({ name, id }) => given([name, id])),
  };
}

const given = (names: readonly (string | undefined)[]): string[] =>
  names.filter((name): name is string => name !== undefined && name !== "");

/** Whether there are more people or groups than were sent. */
export function isCutOff({ restrictions: { user, group } }: RestrictionAnswer): boolean {
  return [user, group].some(({ size, limit, results }) => size >= limit || results.length < size);
}

/** A restriction within a list of pages; undefined where it was not sent, or not as a whole. */
export const embeddedRestrictionSchema = z
  .object({ read: restrictionSchema })
  .transform(({ read }) => (isCutOff(read) ? undefined : toRestriction(read)))
  .optional()
  .catch(undefined);

/** Goes through the pages of a list. Only the query of `next` is used: where it leads stays ours. */
export async function collect<Item>(
  first: URLSearchParams,
  ask: (
    query: URLSearchParams,
  ) => Promise<{ results: readonly Item[]; _links?: { next?: string | undefined } | undefined }>,
): Promise<Item[]> {
  const items: Item[] = [];
  const seen = new Set<string>();
  for (let query: URLSearchParams | undefined = first; query !== undefined;) {
    if (seen.has(query.toString()))
      throw new Error("Confluence answers the same page of a list again and again");
    seen.add(query.toString());
    const { results, _links } = await ask(query);
    items.push(...results);
    query = _links?.next === undefined ? undefined : new URL(_links.next, "http://next").searchParams;
  }
  return items;
}

/** All people and groups of a restriction, over as many requests as it takes. */
export async function readWholeRestriction(
  ask: (query: URLSearchParams) => Promise<RestrictionAnswer>,
): Promise<Restriction> {
  const limit = 100;
  let whole: Restriction = { people: [], groups: [] };
  for (let start = 0; ; start += limit) {
    const answer = await ask(
      new URLSearchParams({
        expand: "restrictions.user,restrictions.group",
        start: `${start}`,
        limit: `${limit}`,
      }),
    );
    const { people, groups } = toRestriction(answer);
    whole = { people: [...whole.people, ...people], groups: [...whole.groups, ...groups] };
    const { user, group } = answer.restrictions;
    if (user.size < user.limit && group.size < group.limit) return whole;
    // The server's own limit may be lower than what was asked for.
    start += Math.min(user.limit, group.limit) - limit;
  }
}
