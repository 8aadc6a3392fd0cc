import { z } from "zod";
import { orMissing, type VendorApi } from "../vendor-api/create-vendor-api.ts";
import {
  collect,
  embeddedRestrictionSchema,
  pagedSchema,
  readWholeRestriction,
  restrictionSchema,
  versionSchema,
  webuiSchema,
  type ConfluenceApi,
  type Parent,
} from "./confluence-pages.ts";

/** The most that v2 gives at once. */
const PAGES_AT_ONCE = "250";
/** The most that a search gives at once when it tells restrictions too. */
const RESTRICTIONS_AT_ONCE = "100";

const parentFields = { parentId: z.string().nullish(), parentType: z.string().nullish() };
const pageSchema = z.object({
  id: z.string().regex(/^\d{1,20}$/),
  status: z.string(),
  title: z.string(),
  ...parentFields,
  version: versionSchema.extend({ createdAt: z.coerce.date() }),
  _links: webuiSchema,
});
const spaceSchema = z.object({ id: z.string().regex(/^\d{1,20}$/), key: z.string() });
const foundSchema = z.object({ id: z.string(), restrictions: embeddedRestrictionSchema });
const bodySchema = pageSchema.extend({ body: z.object({ storage: z.object({ value: z.string() }) }) });

/**
 * Pages by REST v2 (https://developer.atlassian.com/cloud/confluence/rest/v2/), who may see them by v1, which v2 has nothing for. A search tells of
 * many pages at once; its index may not know the newest yet, those are asked for one by one. It does not tell restrictions of
 * what is above a page: that fails with 404 on real sites (CONFCLOUD-77618).
 */
export function createCloudApi(api: VendorApi): ConfluenceApi {
  const parentOf = ({
    parentId,
    parentType,
  }: {
    parentId?: string | null | undefined;
    parentType?: string | null | undefined;
  }): Parent | undefined =>
    parentId === null || parentId === undefined ? undefined : { id: parentId, kind: parentType ?? "page" };

  return {
    async listSpace(key, signal) {
      const { results: spaces } = await api.call(pagedSchema(spaceSchema), "/api/v2/spaces", {
        query: new URLSearchParams({ keys: key, limit: "1" }),
        signal,
      });
      const space = spaces.find((one) => one.key.toLowerCase() === key.toLowerCase());
      if (space === undefined) return undefined;
      const pages = await collect(new URLSearchParams({ status: "current", limit: PAGES_AT_ONCE }), (query) =>
        api.call(pagedSchema(pageSchema), `/api/v2/spaces/${space.id}/pages`, { query, signal }),
      );
      const found = await collect(
        new URLSearchParams({
          cql: `space = "${key}" and type = page`,
          expand: "restrictions.read.restrictions.user,restrictions.read.restrictions.group",
          limit: RESTRICTIONS_AT_ONCE,
        }),
        (query) => api.call(pagedSchema(foundSchema), "/rest/api/content/search", { query, signal }),
      );
      const restrictions = new Map(found.map(({ id, restrictions: restriction }) => [id, restriction]));
      return pages
        .filter(({ status }) => status === "current")
        .map(({ _links: links, ...page }) => ({
          id: page.id,
          title: page.title,
          version: page.version.number,
          changedAt: page.version.createdAt,
          webui: links.webui,
          parent: parentOf(page),
          restriction: restrictions.get(page.id),
        }));
    },

    readRestriction: (id, signal) =>
      readWholeRestriction((query) =>
        api.call(
          restrictionSchema,
          `/rest/api/content/${encodeURIComponent(id)}/restriction/byOperation/read`,
          {
            query,
            signal,
          },
        ),
      ),

    async readParent({ id, kind }, signal) {
      const path = `/api/v2/${encodeURIComponent(kind)}s/${encodeURIComponent(id)}`;
      return parentOf(await api.call(z.object(parentFields), path, { signal }));
    },

    async readPage(id, signal) {
      const page = await orMissing(
        api.call(bodySchema, `/api/v2/pages/${id}`, {
          query: new URLSearchParams({ "body-format": "storage" }),
          signal,
        }),
      );
      if (page === undefined || page.status !== "current") return undefined;
      const { title, version, _links, body } = page;
      return { title, changedAt: version.createdAt, webui: _links.webui, storage: body.storage.value };
    },
  };
}
