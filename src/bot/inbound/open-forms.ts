import { setTimeout as sleep } from "node:timers/promises";
import type { WebClient } from "@slack/web-api";
import { z } from "zod";
import type { Stage } from "../../actions/ports.ts";
import { parseStageParams } from "../../actions/training/stage-catalogue.ts";
import { LAST_PRESET, presetParameters } from "../../actions/training/stage-presets.ts";
import type { Store } from "../../store/database.ts";
import type { SlackPeople } from "../slack-people.ts";
import { textsFor } from "../texts/texts.ts";
import { personRefusal } from "../views/person-refusal.ts";
import { textModal } from "../views/text-modal.ts";
import {
  readTrainForm,
  STAGE_BLOCK,
  trainForm,
  TRAIN_FORM,
  type FilledForm,
  type FormValues,
} from "../views/train-form.ts";

/** Of the 3 s that a trigger lives. */
const LOOKUP_MS = 700;

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
  people: SlackPeople;
}) {
  const { client, stages, people } = deps;
  /** The form opens without values of the last time when the database does not tell them soon enough. */
  const fill = async (user: string, stage: Stage, preset?: string): Promise<FilledForm> => {
    const parametersOf = (name: string) =>
      Promise.race([
        presetParameters(deps.store, user, stage, name).catch(() => undefined),
        sleep(LOOKUP_MS, undefined, { ref: false }),
      ]);
    const last = await parametersOf(LAST_PRESET);
    const parameters = preset === LAST_PRESET ? last : preset && (await parametersOf(preset));
    return {
      stage,
      hasLast: last !== undefined,
      ...(preset !== undefined &&
        parameters !== undefined &&
        parameters !== "" && { preset: { name: preset, parameters } }),
    };
  };
  return {
    async openTrainForm(options: {
      user: string;
      channel: string;
      threadTs?: string;
      triggerId: string;
    }): Promise<void> {
      const [first] = stages;
      if (first === undefined) return;
      const [lookup, filled] = await Promise.all([people.find(options.user), fill(options.user, first)]);
      const locale = lookup.kind === "member" ? lookup.person.locale : lookup.locale;
      if (lookup.kind === "refused") {
        const texts = textsFor(locale);
        await client.views.open({
          trigger_id: options.triggerId,
          view: textModal(personRefusal(lookup.cause, texts), texts),
        });
        return;
      }
      const metadata: Metadata = {
        channel: options.channel,
        locale,
        ...(options.threadTs !== undefined && { threadTs: options.threadTs }),
      };
      await client.views.open({
        trigger_id: options.triggerId,
        view: trainForm(stages, filled, JSON.stringify(metadata), textsFor(locale)),
      });
    },

    /** Another stage, or "stage/preset", was chosen: the form shows its fields. */
    async change(
      user: string,
      view: { id: string; hash?: string; private_metadata?: string },
      chosen: string,
    ): Promise<void> {
      const [stageName, preset] = chosen.split("/");
      const stage = stages.find((candidate) => candidate.name === stageName);
      const metadata = readMetadata(view.private_metadata ?? "");
      if (stage === undefined || metadata === undefined) return;
      await client.views.update({
        view_id: view.id,
        ...(view.hash !== undefined && { hash: view.hash }),
        view: trainForm(
          stages,
          await fill(user, stage, preset),
          JSON.stringify(metadata),
          textsFor(metadata.locale),
        ),
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
        params.failure.map((problem) => [
          blockIdOf(view.state.values as FormValues, `${stage.name}/${problem.field}`),
          plain(texts.problem(problem)),
        ]),
      );
      return { kind: "errors", errors } as const;
    },
  };
}

/** The block that shows a field: its id may end in the preset that filled it. */
function blockIdOf(values: FormValues, prefix: string): string {
  return Object.keys(values).find((id) => id === prefix || id.startsWith(`${prefix}/`)) ?? prefix;
}

export type Forms = ReturnType<typeof createForms>;

function readMetadata(text: string): Metadata | undefined {
  try {
    return metadataSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
