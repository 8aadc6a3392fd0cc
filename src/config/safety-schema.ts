import { z } from "zod";

const names = z.array(z.string().min(1)).optional();

/** What objects may contain. A list that is left out: what the templates of the stages contain. */
export const safetySchema = z.strictObject({
  namespaces: names,
  /** Registries, repositories or whole images: "registry.example.com/team" covers everything below it. */
  images: names,
  serviceAccounts: names,
  /** PersistentVolumeClaims. */
  claims: names,
  /** What is refused otherwise, even to templates. */
  allow: z.array(z.enum(["host-path", "host-namespaces", "privileged"])).default([]),
});
