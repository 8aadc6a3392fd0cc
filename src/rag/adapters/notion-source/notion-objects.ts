import { z } from "zod";

/** https://developers.notion.com/reference/versioning: `in_trash` instead of `archived`, data sources below databases. */
export const NOTION_VERSION = "2026-03-11";

const idSchema = z.string().regex(/^[0-9a-f-]{32,36}$/i);

/** https://developers.notion.com/reference/rich-text */
const richTextSchema = z.array(
  z.object({
    type: z.string().default("text"),
    plain_text: z.string(),
    annotations: z.object({ code: z.boolean().default(false) }).default({ code: false }),
  }),
);
export type RichText = z.output<typeof richTextSchema>;

const optionSchema = z.object({ name: z.string() });
const dateSchema = z.object({ start: z.string(), end: z.string().nullish() });

/** https://developers.notion.com/reference/page-property-values; what is not read of them is left to `unknown`. */
const propertySchema = z.object({
  type: z.string(),
  title: richTextSchema.optional(),
  rich_text: richTextSchema.optional(),
  number: z.number().nullish(),
  select: optionSchema.nullish(),
  multi_select: z.array(optionSchema).optional(),
  status: optionSchema.nullish(),
  date: dateSchema.nullish(),
  people: z.array(z.object({ name: z.string().nullish() })).optional(),
  checkbox: z.boolean().optional(),
  url: z.string().nullish(),
  email: z.string().nullish(),
  phone_number: z.string().nullish(),
  unique_id: z.object({ prefix: z.string().nullish(), number: z.number().nullish() }).nullish(),
  formula: z
    .object({
      string: z.string().nullish(),
      number: z.number().nullish(),
      boolean: z.boolean().nullish(),
      date: dateSchema.nullish(),
    })
    .optional(),
  rollup: z.object({ number: z.number().nullish(), date: dateSchema.nullish() }).optional(),
});
export type Property = z.output<typeof propertySchema>;

export const pageSchema = z.object({
  object: z.literal("page"),
  id: idSchema,
  in_trash: z.boolean(),
  /** Rounded down to the minute. */
  last_edited_time: z.coerce.date(),
  url: z.string(),
  parent: z.object({ type: z.string() }),
  properties: z.record(z.string(), propertySchema),
});
export type NotionPage = z.output<typeof pageSchema>;

export const foundSchema = z.discriminatedUnion("object", [
  pageSchema,
  z.object({ object: z.literal("data_source"), id: idSchema, in_trash: z.boolean() }),
]);

const valueSchema = z.object({
  rich_text: richTextSchema.optional(),
  caption: richTextSchema.optional(),
  checked: z.boolean().optional(),
  language: z.string().nullish(),
  expression: z.string().optional(),
  title: z.string().optional(),
  cells: z.array(richTextSchema).optional(),
  /** Of a copy: where its original is. */
  synced_from: z.object({ block_id: z.string().optional() }).nullish(),
});
export type BlockValue = z.output<typeof valueSchema>;

/** https://developers.notion.com/reference/block: of each type an object of that name. */
export const blockSchema = z
  .object({ id: idSchema, type: z.string(), has_children: z.boolean(), in_trash: z.boolean().default(false) })
  .loose()
  .transform(({ id, type, has_children: hasChildren, in_trash: isInTrash, ...rest }) => ({
    id,
    type,
    hasChildren,
    isInTrash,
    value: rest[type] ?? {},
  }))
  .pipe(
    z.object({
      id: z.string(),
      type: z.string(),
      hasChildren: z.boolean(),
      isInTrash: z.boolean(),
      value: valueSchema,
    }),
  );

/** https://developers.notion.com/reference/intro#pagination */
export const listSchema = <Item extends z.ZodType>(item: Item) =>
  z.object({ results: z.array(item), has_more: z.boolean(), next_cursor: z.string().nullable() });
