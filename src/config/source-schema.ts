import { z } from "zod";
import { readerName, readersSetting } from "./readers-schema.ts";
import { duration } from "./units.ts";

/** A name that the tokens of private repositories are read from. */
const environmentName = z.string().regex(/^[A-Z][A-Z0-9_]*$/, "a name like WIKI_TOKEN");

const gitSchema = z.strictObject({
  /** https://…, ssh://…, git@host:path, or file:///…; which of them are let, says knowledge.gitProtocols. */
  url: z
    .string()
    .max(1_000)
    .regex(
      /^(?:(?:https?|ssh|file):\/\/[^\s]+|[A-Za-z0-9_.-]+@[A-Za-z0-9.-]+:[^\s:-][^\s]*)$/,
      "an address like https://git.example.com/team/docs.git or git@git.example.com:team/docs.git",
    )
    .refine((url) => !/^https?:\/\/[^/]*@/.test(url), "keep the password out of it: use tokenEnv")
    .refine((url) => !/^ssh:\/\/(?:-|[^/]*@-)/.test(url), "a host's name does not begin with a hyphen"),
  /** Default: the repository's own. */
  branch: z
    .string()
    .max(200)
    .regex(/^(?![-./])(?!.*(?:\.\.|\/\/|@\{))[A-Za-z0-9._/+@-]+(?<![./])$/, "the name of a branch")
    .optional(),
  /** Only what lies below this folder of the repository. */
  folder: z
    .string()
    .regex(
      /^(?![-/])(?!.*(?:^|\/)\.\.?(?:\/|$))[^\0:]*[^\0:/]$/,
      "a folder inside the repository, like docs/guides",
    )
    .optional(),
  /** Where people see a page, with {branch} and {path}. Default: known for github.com, gitlab.com, bitbucket.org. */
  link: z
    .url({ protocol: /^https?$/ })
    .refine(
      (link) => link.includes("{path}"),
      'needs "{path}", e.g. https://git.example.com/docs/{branch}/{path}',
    )
    .optional(),
  /** Which environment variable holds a token for https. */
  tokenEnv: environmentName.optional(),
});

const webAddress = z.url({ protocol: /^https?$/ }).refine((url) => !url.includes("#"), "without #");

const websiteSchema = z.strictObject({
  /** What is read: addresses that begin with one of these. */
  prefixes: z.array(webAddress).min(1),
  /** Where the pages are listed; without it, links are followed from the prefixes on. */
  sitemap: webAddress.optional(),
  /** Names of hosts that may be at a private address. */
  privateHosts: z.array(z.string().min(1)).default([]),
  maxPages: z.number().int().min(1).max(100_000).default(5_000),
});

const s3Schema = z.strictObject({
  /** Of the service, without the bucket. */
  endpoint: z.url({ protocol: /^https?$/ }),
  bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "the name of a bucket"),
  /** Only objects whose key begins with it. */
  prefix: z.string().min(1).optional(),
  region: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .default("us-east-1"),
  /** With the secret key; without both the bucket is open to everybody. */
  accessKeyId: z.string().min(1).optional(),
  /** Which environment variable holds the secret key. */
  secretKeyEnv: environmentName.optional(),
  /** Where people open an object, with {path}. Default: the object's own address. */
  link: z
    .url({ protocol: /^https?$/ })
    .refine((link) => link.includes("{path}"), 'needs "{path}"')
    .optional(),
});

const confluenceSchema = z.strictObject({
  /** Of the wiki, up to what its pages have in common: https://team.atlassian.net/wiki, https://wiki.example.com */
  url: webAddress,
  /** Where people open it, if that is another address, such as behind https://api.atlassian.com/ex/confluence/<id>/wiki. */
  link: webAddress.optional(),
  /** Confluence Cloud: of the account whose API token it is. Without it: Data Center, by a personal access token. */
  email: z.email().optional(),
  /** Which environment variable holds the token. */
  tokenEnv: environmentName,
  /** Keys of the spaces that are read: ML, ~ann. */
  spaces: z
    .array(z.string().regex(/^~?[A-Za-z0-9_.:-]{1,255}$/, "the key of a space"))
    .min(1)
    .refine((keys) => new Set(keys).size === keys.length, "each once"),
  /** Names of hosts that may be at a private address. */
  privateHosts: z.array(z.string().min(1)).default([]),
  /** Who is meant by a group (its name or id) in a page's restrictions; a group that is not here is nobody. */
  groups: z.record(z.string(), z.array(readerName)).default({}),
  /** Who is meant by an account id (Cloud) or a user name (Data Center), where Confluence does not tell the e-mail address. */
  people: z.record(z.string(), z.array(readerName)).default({}),
});

const notionSchema = z.strictObject({
  /** Which environment variable holds the token of the integration that pages are shared with. */
  tokenEnv: environmentName,
  /** Where Notion's API is reached, such as through a proxy. Default: https://api.notion.com */
  url: webAddress.optional(),
  /** Names of hosts that may be at a private address. */
  privateHosts: z.array(z.string().min(1)).default([]),
});

const slackSchema = z.strictObject({
  /** Who reads what was said in public channels: the channel's members, as in private ones, or every member of the workspace. */
  publicChannels: z.enum(["members", "everyone"]).default("members"),
  /** Threads that began longer ago are no documents. */
  days: z.number().int().min(1).max(3_650).default(365),
});

/** A place that documents come from: a name and one of the kinds. */
export const sourceSchema = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "1 to 64 of A-Z a-z 0-9 _ -"),
    /** How often it is synced by itself; without it at a start, on demand, and a folder when its files change. */
    every: duration.refine((ms) => ms >= 10_000, "10s or more").optional(),
    /** Who may read its documents, where a document does not say so itself. */
    readers: readersSetting.optional(),
    folder: z.string().min(1).optional(),
    /** Of a folder: address under which its pages can be opened; default: they are served by the api port. */
    baseUrl: z.url().optional(),
    git: gitSchema.optional(),
    website: websiteSchema.optional(),
    s3: s3Schema.optional(),
    confluence: confluenceSchema.optional(),
    notion: notionSchema.optional(),
    /** Threads of the channels where a member types /docs channel on. */
    slack: slackSchema.optional(),
  })
  .superRefine((source, context) => {
    const problem = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    const { folder, git, website, s3, confluence, notion, slack } = source;
    const kinds = { folder, git, website, s3, confluence, notion, slack };
    if (Object.values(kinds).filter((kind) => kind !== undefined).length !== 1)
      problem("name", `needs one of ${Object.keys(kinds).join(", ")}`);
    if (source.baseUrl !== undefined && source.folder === undefined)
      problem("baseUrl", "is for a folder only");
    if (
      source.folder !== undefined &&
      (source.readers ?? "public") !== "public" &&
      source.baseUrl === undefined
    )
      problem(
        "baseUrl",
        "is needed: the api port, which serves a folder's pages else, shows them to everybody",
      );
    if ((source.s3?.accessKeyId === undefined) !== (source.s3?.secretKeyEnv === undefined))
      problem("s3", "accessKeyId and secretKeyEnv belong together");
    for (const [kind, place] of Object.entries({ confluence, notion })) {
      const url = URL.parse(place?.url ?? "");
      if (url?.protocol === "http:" && place?.privateHosts.includes(url.hostname) !== true)
        problem(`${kind}.url`, "a token is sent over https only, or to a host that privateHosts names");
    }
    if (source.git !== undefined && gitLink(source.git) === undefined)
      problem("git.link", "is needed: where pages of this host are seen is not known");
  });
export type GitSettings = z.output<typeof gitSchema>;

const KNOWN_LINKS: Readonly<Record<string, string>> = {
  "github.com": "https://github.com/{repository}/blob/{branch}/{path}",
  "gitlab.com": "https://gitlab.com/{repository}/-/blob/{branch}/{path}",
  "bitbucket.org": "https://bitbucket.org/{repository}/src/{branch}/{path}",
};

/** The template of a repository's links; undefined where it is neither given nor known. */
export function gitLink({ url, link }: Pick<GitSettings, "url" | "link">): string | undefined {
  if (link !== undefined) return link;
  const parts =
    /^(?:(?:https?|ssh):\/\/(?:[^/@]*@)?(?<host>[^/:]+)(?::\d+)?\/|[^/@]+@(?<scpHost>[^:]+):)(?<path>.+?)(?:\.git)?\/?$/.exec(
      url,
    )?.groups;
  const template = KNOWN_LINKS[(parts?.["host"] ?? parts?.["scpHost"] ?? "").toLowerCase()];
  return template?.replace("{repository}", parts?.["path"] ?? "");
}
