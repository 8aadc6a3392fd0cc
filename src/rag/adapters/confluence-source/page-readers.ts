import { VendorApiError } from "../vendor-api/create-vendor-api.ts";
import type { ConfluenceApi, ConfluencePage, Parent, Restriction } from "./confluence-pages.ts";

export interface ReaderNames {
  /** A group's name or id in Confluence -> names of readers. */
  groups: Readonly<Record<string, readonly string[]>>;
  /** An account's id, user name or key -> names of readers; for those whose address the API does not tell. */
  people: Readonly<Record<string, readonly string[]>>;
}

/**
 * Who may read a page: one list for each restriction from the page up, empty where nothing is restricted; "unknown" where what
 * is above it cannot be looked at. Confluence shows a page to those whom all restrictions above it let:
 * https://support.atlassian.com/confluence-cloud/docs/manage-permissions-on-the-page-level/
 */
export function createPageReaders(
  api: ConfluenceApi,
  pages: ReadonlyMap<string, ConfluencePage>,
  names: ReaderNames,
  signal: AbortSignal | undefined,
): (page: ConfluencePage) => Promise<readonly (readonly string[])[] | "unknown"> {
  const known = new Map<string, Promise<readonly (readonly string[])[] | "unknown">>();

  async function levelsOf(
    at: Parent,
    below: ReadonlySet<string>,
  ): Promise<readonly (readonly string[])[] | "unknown"> {
    const page = pages.get(at.id);
    try {
      const restriction = page?.restriction ?? (await api.readRestriction(at.id, signal));
      const parent = page === undefined ? await api.readParent(at, signal) : page.parent;
      const above = parent === undefined ? [] : await lookAt(parent, new Set([...below, at.id]));
      if (above === "unknown") return "unknown";
      return isOpen(restriction) ? above : [namesOf(restriction, names), ...above];
    } catch (error) {
      if (error instanceof VendorApiError && (error.status === 403 || error.status === 404)) return "unknown";
      throw error;
    }
  }
  function lookAt(
    at: Parent,
    below: ReadonlySet<string>,
  ): Promise<readonly (readonly string[])[] | "unknown"> {
    // Above itself: nothing would be known for ever.
    if (below.has(at.id)) return Promise.resolve("unknown");
    let levels = known.get(at.id);
    if (levels === undefined) {
      levels = levelsOf(at, below);
      known.set(at.id, levels);
    }
    return levels;
  }
  return ({ id }) => lookAt({ id, kind: "page" }, new Set());
}

const isOpen = ({ people, groups }: Restriction): boolean => people.length === 0 && groups.length === 0;

/** Whom no setting names keeps a name that nobody has. */
function namesOf({ people, groups }: Restriction, names: ReaderNames): readonly string[] {
  const listed = [
    ...people.flatMap(({ ids, email }) => {
      const known = [
        ...(email === undefined ? [] : [`email:${email.toLowerCase()}`]),
        ...ids.flatMap((id) => names.people[id] ?? []),
      ];
      return known.length > 0 ? known : [`confluence-person:${ids[0] ?? ""}`];
    }),
    ...groups.flatMap((group) => {
      const known = group.flatMap((name) => names.groups[name] ?? []);
      return known.length > 0 ? known : [`confluence:${group[0] ?? ""}`];
    }),
  ];
  return [...new Set(listed)].toSorted();
}
