import { createReadableAudiences } from "../bot/readers/readable-audiences.ts";
import { createSlackDirectory } from "../bot/readers/slack-directory.ts";
import { createBackgroundClient, type SlackConnection } from "../bot/slack-clients.ts";
import { createSlackPeople, type PersonLookup } from "../bot/slack-people.ts";
import type { Config } from "../config.ts";
import { createLogger } from "../logger.ts";
import { createAudienceReader } from "../rag/audience-rows.ts";
import type { Store } from "../store/database.ts";
import { UsageError } from "./read-arguments.ts";
import type { RunningUp } from "./running-file.ts";

/** A Slack user id as it is typed. @throws UsageError */
export function checkPersonId(option: string, value: string | undefined): string {
  if (value === undefined || !/^[UW][A-Z0-9]{2,}$/.test(value))
    throw new UsageError(
      `whose? --${option} takes a Slack user id, e.g. U03OPERATOR (in Slack: profile, ⋮, copy member ID)`,
    );
  return value;
}

/** The workspace: a real one, or the playground of a running `up`; undefined where there is none now. */
export async function openWorkspace(config: Config, running: RunningUp | undefined) {
  const connection: SlackConnection | undefined =
    config.slack.kind === "real" ? config.slack : running?.slack;
  if (connection === undefined) return undefined;
  const client = createBackgroundClient({
    botToken: connection.botToken,
    ...(connection.apiUrl !== undefined && { apiUrl: connection.apiUrl }),
  });
  const self = await client.auth.test();
  const teamId = self.team_id ?? "";
  const people = createSlackPeople({
    client,
    policy: config.policy,
    stageApprovers: [],
    logger: createLogger("error"),
    teamId,
    now: () => new Date(),
  });
  return {
    find: (person: string): Promise<PersonLookup> => people.find(person),
    /** What the person may read. */
    audiencesOf: (store: Store, slackUserId: string): Promise<readonly string[]> =>
      createReadableAudiences({
        directory: createSlackDirectory({ client, teamId }),
        policy: config.policy,
        audiences: createAudienceReader(store),
        publicChannels: config.knowledge.publicChannels,
        logger: createLogger("warn"),
      }).ofPerson({ slackUserId }),
  };
}
