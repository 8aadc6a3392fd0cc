import type { WebClient } from "@slack/web-api";
import type { Logger } from "pino";
import { z } from "zod";
import type { Stage } from "../../actions/ports.ts";
import { parseStageParams } from "../../actions/training/stage-catalogue.ts";
import type { Locale, Store } from "../../store/database.ts";
import { codeBlock } from "../escape.ts";
import { localeOfSlack, textsFor } from "../texts/texts.ts";
import { readTrainForm, STAGE_BLOCK, trainForm, TRAIN_FORM, type FormValues } from "../views/train-form.ts";

const metadataSchema = z.object({
  channel: z.string(),
  threadTs: z.string().optional(),
  locale: z.enum(["en", "ko"]),
});
type Metadata = z.infer<typeof metadataSchema>;

/** What needs a trigger_id, which lives 3 s: opened here and not by a worker. */
export function createForms(deps: {
  client: WebClient;
  store: Store;
  stages: readonly Stage[];
  logger: Logger;
}) {
  const { client, stages, logger } = deps;
  const locales = new Map<string, Locale>();

  async function localeOf(user: string): Promise<Locale> {
    const known = locales.get(user);
    if (known !== undefined) return known;
    try {
      const answer = (await client.users.info({ user, include_locale: true })) as {
        user?: { locale?: string };
      };
      const locale = localeOfSlack(answer.user?.locale);
      if (locales.size > 5_000) locales.clear();
      locales.set(user, locale);
      return locale;
    } catch (error) {
      logger.info({ err: error }, "the locale is not known: English");
      return "en";
    }
  }

  return {
    async openTrainForm(options: {
      user: string;
      channel: string;
      threadTs?: string;
      triggerId: string;
    }): Promise<void> {
      const [first] = stages;
      if (first === undefined) return;
      const locale = await localeOf(options.user);
      const metadata: Metadata = {
        channel: options.channel,
        locale,
        ...(options.threadTs !== undefined && { threadTs: options.threadTs }),
      };
      await client.views.open({
        trigger_id: options.triggerId,
        view: trainForm(stages, first, JSON.stringify(metadata), textsFor(locale)),
      });
    },

    /** Another stage was chosen: the form shows its fields. */
    async changeStage(
      view: { id: string; hash?: string; private_metadata?: string },
      stageName: string,
    ): Promise<void> {
      const stage = stages.find((candidate) => candidate.name === stageName);
      const metadata = readMetadata(view.private_metadata ?? "");
      if (stage === undefined || metadata === undefined) return;
      await client.views.update({
        view_id: view.id,
        ...(view.hash !== undefined && { hash: view.hash }),
        view: trainForm(stages, stage, JSON.stringify(metadata), textsFor(metadata.locale)),
      });
    },

    /** Errors by field, or what was filled in. Pure: it runs before the ack. */
    readSubmission(view: { callback_id: string; private_metadata: string; state: { values: unknown } }) {
      const metadata = readMetadata(view.private_metadata);
      if (view.callback_id !== TRAIN_FORM || metadata === undefined) return { kind: "unknown" } as const;
      const form = readTrainForm(view.state.values as FormValues);
      const stage = stages.find((candidate) => candidate.name === form.stage);
      const texts = textsFor(metadata.locale);
      const plain = (text: string) => text.replaceAll("`", "").slice(0, 2_000);
      if (stage === undefined)
        return {
          kind: "errors",
          errors: { [STAGE_BLOCK]: plain(texts.problem({ field: "stage", code: "required" })) },
        } as const;
      const params = parseStageParams(stage, form.parameters);
      if (params.ok) return { kind: "filled", form, metadata } as const;
      const errors = Object.fromEntries(
        params.failure.map((problem) => [`${stage.name}/${problem.field}`, plain(texts.problem(problem))]),
      );
      return { kind: "errors", errors } as const;
    },

    /** The exact object of a request, for its asker and its approvers alike. */
    async openObject(options: { user: string; requestId: string; triggerId: string }): Promise<void> {
      const row = await deps.store
        .selectFrom("requests")
        .select("spec")
        .where("id", "=", options.requestId)
        .executeTakeFirst();
      if (row === undefined) return;
      const texts = textsFor(await localeOf(options.user));
      const lines = JSON.stringify(row.spec, undefined, 2).split("\n");
      const pages: string[] = [];
      for (let page = ""; lines.length > 0; page = "") {
        while (lines.length > 0 && page.length + (lines[0]?.length ?? 0) < 2_600)
          page += `${lines.shift() ?? ""}\n`;
        if (page === "") page = (lines.shift() ?? "").slice(0, 2_600);
        pages.push(page);
      }
      await client.views.open({
        trigger_id: options.triggerId,
        view: {
          type: "modal",
          callback_id: "request-object",
          title: { type: "plain_text", text: texts.objectTitle },
          close: { type: "plain_text", text: texts.close },
          blocks: pages
            .slice(0, 100)
            .map((page) => ({ type: "section", text: { type: "mrkdwn", text: codeBlock(page) } })),
        },
      });
    },
  };
}

export type Forms = ReturnType<typeof createForms>;

function readMetadata(text: string): Metadata | undefined {
  try {
    return metadataSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
