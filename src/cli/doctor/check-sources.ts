import { readdirSync } from "node:fs";
import { openSources } from "../../compose/open-sources.ts";
import type { Config } from "../../config.ts";
import { createLogger } from "../../logger.ts";
import { findBranch } from "../../rag/adapters/git-source/find-branch.ts";
import { createFetcher } from "../../rag/adapters/website-source/fetch-page.ts";
import { pageFormat } from "../../rag/page-format.ts";
import { messageOf, type Finding } from "./finding.ts";

const TIMEOUT_MS = 20_000;
const PAGE = "docs/operate/index-your-documents.md";

/** Each source of documents: there, reachable, and with something to read. */
export function checkSources(
  config: Pick<Config, "knowledge" | "sourceTokens" | "dataDir">,
): Promise<Finding[]> {
  const { knowledge, sourceTokens } = config;
  return Promise.all(
    knowledge.sources.map(
      async ({ name, folder, git, website, s3, confluence, notion, slack }): Promise<Finding> => {
        if (folder !== undefined) return checkFolder(name, folder);
        if (website !== undefined) return checkWebsite(name, website);
        if (s3 !== undefined)
          return checkListing(
            name,
            `bucket ${s3.bucket}`,
            "check s3.endpoint, region and the key's right to list it",
            config,
          );
        if (confluence !== undefined)
          return checkListing(
            name,
            `Confluence ${confluence.url}`,
            "check confluence.url, email, the token and its account's right to see the spaces; a host of your own network has to be named in confluence.privateHosts",
            config,
          );
        if (notion !== undefined)
          return checkListing(
            name,
            "Notion",
            "check the integration's token, and that pages are shared with it",
            config,
          );
        if (slack !== undefined)
          return {
            name: `documents ${name}`,
            level: "ok",
            text: "Slack channels where a member has typed /docs channel on",
          };
        return checkGit(name, {
          url: git?.url ?? "",
          branch: git?.branch,
          token: sourceTokens[name],
          protocols: knowledge.gitProtocols,
        });
      },
    ),
  );
}

async function checkWebsite(
  source: string,
  { prefixes, sitemap, privateHosts }: NonNullable<Config["knowledge"]["sources"][number]["website"]>,
): Promise<Finding> {
  const name = `documents ${source}`;
  const place = sitemap ?? prefixes[0] ?? "";
  const fetcher = createFetcher({ privateHosts, mayFollow: () => true, maxBytes: 50 * 1_048_576 });
  try {
    const { status } = await fetcher.fetch(place);
    return status === 200
      ? { name, level: "ok", text: `${place}, reachable` }
      : {
          name,
          level: "fail",
          text: `${place} answers ${status}`,
          advice: `is it the right address? (${PAGE})`,
        };
  } catch (error) {
    return {
      name,
      level: "fail",
      text: `${place}: ${messageOf(error)}`,
      advice: `a host of your own network has to be named in website.privateHosts (${PAGE})`,
    };
  } finally {
    fetcher.close();
  }
}

/** Of what tells its documents at once. */
async function checkListing(
  source: string,
  place: string,
  advice: string,
  config: Pick<Config, "knowledge" | "sourceTokens" | "dataDir">,
): Promise<Finding> {
  const name = `documents ${source}`;
  const late = AbortSignal.timeout(TIMEOUT_MS);
  const opened = openSources(config, { apiUrl: "", logger: createLogger("silent") });
  try {
    const listing = await opened.find((one) => one.name === source)?.list(late);
    const documents = listing?.documents.length ?? 0;
    return documents === 0
      ? { name, level: "warn", text: `${place} has no page that can be read` }
      : { name, level: "ok", text: `${place}, ${documents} pages` };
  } catch (error) {
    if (late.aborted)
      return {
        name,
        level: "warn",
        text: `${place} takes more than ${TIMEOUT_MS / 1_000} s to be listed`,
        advice: `a large one may; /docs sources and ./jibsa index tell how its sync goes (${PAGE})`,
      };
    return { name, level: "fail", text: `${place}: ${messageOf(error)}`, advice: `${advice} (${PAGE})` };
  }
}

async function checkGit(source: string, options: Parameters<typeof findBranch>[0]): Promise<Finding> {
  const name = `documents ${source}`;
  const place = `${options.url}, branch ${options.branch ?? "HEAD"}`;
  try {
    const commit = await findBranch(options);
    return commit === undefined
      ? { name, level: "fail", text: `${place}: there is no such branch`, advice: "correct git.branch" }
      : { name, level: "ok", text: `${place}, reachable, at ${commit.slice(0, 12)}` };
  } catch (error) {
    return {
      name,
      level: "fail",
      text: `${place}: ${messageOf(error)}`,
      advice: `is git installed, the address right, and the token or key allowed to read it? (${PAGE})`,
    };
  }
}

function checkFolder(source: string, folder: string): Finding {
  const name = `documents ${source}`;
  try {
    const pages = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
      (path) => pageFormat(path) !== undefined,
    ).length;
    return pages === 0
      ? {
          name,
          level: "warn",
          text: `${folder} has no page of a format that is read`,
          advice: "is it the right folder?",
        }
      : { name, level: "ok", text: `${folder}, ${pages} pages` };
  } catch {
    return {
      name,
      level: "fail",
      text: `${folder} cannot be read`,
      advice: "correct knowledge.sources, or the folder's permissions",
    };
  }
}
