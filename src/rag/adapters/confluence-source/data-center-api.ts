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
} from "./confluence-pages.ts";

const PAGES_AT_ONCE = "100";

const pageSchema = z.object({
  id: z.string().regex(/^\d{1,20}$/),
  status: z.string(),
  title: z.string(),
  version: versionSchema.extend({ when: z.coerce.date() }),
  _links: webuiSchema,
});
const listedSchema = pageSchema.extend({
  /** From the top of the space down. */
  ancestors: z.array(z.object({ id: z.string() })),
  restrictions: embeddedRestrictionSchema,
});
const bodySchema = pageSchema.extend({ body: z.object({ storage: z.object({ value: z.string() }) }) });

/** Pages by REST v1: https://developer.atlassian.com/server/confluence/rest/. */
export function createDataCenterApi(api: VendorApi): ConfluenceApi {
  return {
    async listSpace(key, signal) {
      const isThere = await orMissing(
        api.call(z.object({ key: z.string() }), `/rest/api/space/${key}`, { signal }),
      );
      if (isThere === undefined) return undefined;
      const pages = await collect(
        new URLSearchParams({
          spaceKey: key,
          type: "page",
          status: "current",
          expand:
            "version,ancestors,restrictions.read.restrictions.user,restrictions.read.restrictions.group",
          start: "0",
          limit: PAGES_AT_ONCE,
        }),
        (query) => api.call(pagedSchema(listedSchema), "/rest/api/content", { query, signal }),
      );
      return pages
        .filter(({ status }) => status === "current")
        .map(({ _links: links, ...page }) => {
          const above = page.ancestors.at(-1);
          return {
            id: page.id,
            title: page.title,
            version: page.version.number,
            changedAt: page.version.when,
            webui: links.webui,
            parent: above === undefined ? undefined : { id: above.id, kind: "page" },
            restriction: page.restrictions,
          };
        });
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

    async readParent({ id }, signal) {
      const { ancestors } = await api.call(
        listedSchema.pick({ ancestors: true }),
        `/rest/api/content/${encodeURIComponent(id)}`,
        { query: new URLSearchParams({ expand: "ancestors" }), signal },
      );
      const above = ancestors.at(-1);
      return above === undefined ? undefined : { id: above.id, kind: "page" };
    },

    async readPage(id, signal) {
      const page = await orMissing(
        api.call(bodySchema, `/rest/api/content/${id}`, {
          query: new URLSearchParams({ expand: "version,body.storage" }),
          signal,
        }),
      );
      if (page === undefined || page.status !== "current") return undefined;
      const { title, version, _links, body } = page;
      return { title, changedAt: version.when, webui: _links.webui, storage: body.storage.value };
    },
  };
}
