import type { KnownBlock } from "@slack/types";
import { isApprover } from "../actions/policy.ts";
import { previewOf } from "../actions/request-row.ts";
import type { Person } from "../actions/ports.ts";
import { escapeMrkdwn } from "./escape.ts";
import type { BotDeps } from "./bot-deps.ts";
import { textsFor } from "./texts/texts.ts";
import { context, section } from "./views/message.ts";
import { runLine } from "./views/run-line.ts";

/** For those who may not use the bot, Home says so. */
export async function publishRefusal({ client }: BotDeps, user: string, text: string): Promise<void> {
  await client.views.publish({ user_id: user, view: { type: "home", blocks: [section(text)] } });
}

/** App Home: what waits for the person's decision, and the person's own runs. */
export async function publishHome(deps: BotDeps, person: Person): Promise<void> {
  const texts = textsFor(person.locale);
  const runs = await deps.store
    .selectFrom("runs")
    .selectAll()
    .where("owner", "=", person.slackUserId)
    .orderBy("created_at", "desc")
    .limit(10)
    .execute();
  const open = await deps.store
    .selectFrom("requests")
    .innerJoin("approvals", "approvals.request_id", "requests.id")
    .selectAll("requests")
    .select("approvals.approvers")
    .where("approvals.state", "=", "open")
    .where("requests.requester", "!=", person.slackUserId)
    .orderBy("requests.created_at")
    .limit(100)
    .execute();
  const mine = open.filter((request) => isApprover(request.approvers, person)).slice(0, 10);
  const blocks: KnownBlock[] = [];
  if (mine.length > 0) {
    blocks.push(section(`*${texts.homeApprovals}*`));
    for (const request of mine) {
      const preview = previewOf(request);
      blocks.push(
        section(
          `✋ ${texts.asks(escapeMrkdwn(request.requester_name), escapeMrkdwn(preview.title), texts.gpuHours(preview.gpuHours))}`,
        ),
      );
    }
  }
  blocks.push(section(`*${texts.homeTitle}*`));
  if (runs.length === 0) blocks.push(section(texts.homeNothing));
  for (const run of runs)
    blocks.push(
      section(runLine(run, deps.actions.clusters.get(run.cluster)?.simulated ?? false, texts)),
      context(`\`${run.name}\``),
    );
  await deps.client.views.publish({
    user_id: person.slackUserId,
    view: { type: "home", blocks: blocks.slice(0, 99) },
  });
}
