import { z } from "zod";

export const readerName = z
  .string()
  .regex(
    /^(?:person:[UW][A-Z0-9]{2,}|email:[^\s@]+@[^\s@]+|group:@?[^\s@:]+|role:\S.*|channel:[CG][A-Z0-9]{2,})$/,
    "a name like person:U03LEE, email:lee@example.com, group:ml-leads, role:lead or channel:C0ML",
  );

/** "public", or names of which a reader has one. */
export const readersSetting = z.union([
  z.literal("public"),
  z.array(readerName).min(1, "name somebody, or leave it out"),
]);
