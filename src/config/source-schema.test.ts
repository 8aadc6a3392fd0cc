import { describe, expect, it } from "vitest";
import { gitLink, sourceSchema } from "./source-schema.ts";

const problems = (source: object): string[] =>
  sourceSchema.safeParse({ name: "docs", ...source }).error?.issues.map(({ message }) => message) ?? [];
const wiki = (fields: object) => ({
  confluence: { url: "https://team.atlassian.net/wiki", tokenEnv: "WIKI_TOKEN", spaces: ["ML"], ...fields },
});
const git = (fields: object) => ({ git: { url: "https://github.com/team/docs.git", ...fields } });

describe("a source's settings", () => {
  it.each([
    ["a folder", { folder: "/srv/docs", every: "15m" }],
    [
      "a repository over https",
      git({ branch: "release/1.0", folder: "docs/guides", tokenEnv: "DOCS_TOKEN" }),
    ],
    ["a repository over ssh", git({ url: "git@gitlab.com:team/group/docs.git" })],
    [
      "a repository elsewhere",
      git({ url: "ssh://git@git.example.com:2222/docs", link: "https://g.example/{branch}/{path}" }),
    ],
    [
      "a website",
      { website: { prefixes: ["https://docs.example.com/"], sitemap: "https://docs.example.com/s.xml" } },
    ],
    ["Slack channels", { slack: { publicChannels: "everyone" } }],
    ["Notion", { notion: { tokenEnv: "NOTION_TOKEN" } }],
    ["Confluence Cloud", wiki({ email: "bot@example.com", people: { "557058:a": ["person:U01ANN"] } })],
    [
      "Confluence in one's own network",
      wiki({ url: "http://wiki.internal:8090", privateHosts: ["wiki.internal"], spaces: ["ML", "~ann"] }),
    ],
  ])("may be those of %s", (_, source) => {
    expect(problems(source)).toEqual([]);
  });

  it.each([
    ["no kind", {}, /one of folder, git, website, s3, confluence, notion, slack/],
    ["readers without a kind", { folder: "/a", baseUrl: "https://b/", readers: ["lee"] }, /person:U03LEE/],
    ["nobody as readers", { folder: "/a", baseUrl: "https://b/", readers: [] }, /name somebody/],
    [
      "a restricted folder that is served to everybody",
      { folder: "/a", readers: ["role:lead"] },
      /baseUrl|shows them to everybody/,
    ],
    ["two kinds", { folder: "/a", ...git({}) }, /one of/],
    ["an interval too short", { folder: "/a", every: "1s" }, /10s or more/],
    ["a password in the address", git({ url: "https://me:secret@github.com/a/b" }), /tokenEnv/],
    ["an option for an address", git({ url: "--upload-pack=x" }), /an address like/],
    [
      "a host that is an option",
      git({ url: "ssh://-oProxyCommand=x/y", link: "https://x/{path}" }),
      /hyphen/,
    ],
    ["a helper that runs programs", git({ url: "ext::sh -c id" }), /an address like/],
    ["an option for a branch", git({ branch: "-x" }), /name of a branch/],
    ["a branch of several", git({ branch: "a..b" }), /name of a branch/],
    ["a folder outside", git({ folder: "docs/../../etc" }), /folder inside/],
    ["an unknown host without a link", git({ url: "https://git.example.com/a" }), /is needed/],
    ["a link that names no page", git({ link: "https://git.example.com/" }), /needs "{path}"/],
    ["a website of another protocol", { website: { prefixes: ["file:///etc/"] } }, /URL/i],
    [
      "an address of a folder for a website",
      { website: { prefixes: ["https://a/"] }, baseUrl: "https://b/" },
      /folder only/,
    ],
    ["a token in the open", wiki({ url: "http://wiki.example.com" }), /over https only/],
    ["a space that is a search", wiki({ spaces: ['ML" or type = page'] }), /key of a space/],
    ["a space twice", wiki({ spaces: ["ML", "ML"] }), /each once/],
    ["a group that is nobody's name", wiki({ groups: { leads: ["ml-leads"] } }), /person:U03LEE/],
  ])("may not be those of %s", (_, source, message) => {
    expect(problems(source).join("\n")).toMatch(message);
  });

  it("know where pages of the large hosts are seen", () => {
    expect(gitLink({ url: "https://github.com/team/docs.git", link: undefined })).toBe(
      "https://github.com/team/docs/blob/{branch}/{path}",
    );
    expect(gitLink({ url: "git@gitlab.com:team/group/docs.git", link: undefined })).toBe(
      "https://gitlab.com/team/group/docs/-/blob/{branch}/{path}",
    );
  });
});
