import { setTimeout as sleep } from "node:timers/promises";
import type { ModalView } from "@slack/types";
import type { WebClient } from "@slack/web-api";
import { z } from "zod";
import { decide, type Policy } from "../../actions/policy.ts";
import type { Person, Stage } from "../../actions/ports.ts";
import { parseStageParams } from "../../actions/training/stage-catalogue.ts";
import { LAST_PRESET, presetParameters } from "../../actions/training/stage-presets.ts";
import type { Store } from "../../store/database.ts";
import { CURATE_ACTION } from "../answers/curate-action.ts";
import type { SlackPeople } from "../slack-people.ts";
import { textsFor, type Texts } from "../texts/texts.ts";
import { personRefusal } from "../views/person-refusal.ts";
import { textModal } from "../views/text-modal.ts";
import { FEEDBACK_FORM, feedbackForm, readFeedbackForm } from "../views/feedback-form.ts";
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
  answerId: z.string().optional(),
});
type Metadata = z.infer<typeof metadataSchema>;

/** What needs a trigger_id, which lives 3 s: opened here and not by a worker. */
export function createForms(deps: {
  client: WebClient;
  store: Store;
  stages: readonly Stage[];
  people: SlackPeople;
  policy: Policy;
}) {
  const { client, stages, people } = deps;
  /** The form opens without values of the last time when the database does not tell them soon enough. */
  const fill = async (
    user: string,
    stage: Stage,
    preset?: string,
    typed?: FilledForm["typed"],
  ): Promise<FilledForm> => {
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
      ...(typed !== undefined && { typed }),
      ...(preset !== undefined &&
        parameters !== undefined &&
        parameters !== "" && { preset: { name: preset, parameters } }),
    };
  };

  async function open(
    options: { user: string; channel: string; threadTs?: string; triggerId: string; answerId?: string },
    viewOf: (metadata: string, texts: Texts, person: Person | undefined) => ModalView,
  ): Promise<void> {
    const lookup = await people.find(options.user);
    const locale = lookup.kind === "member" ? lookup.person.locale : lookup.locale;
    const texts = textsFor(locale);
    const { channel, threadTs, answerId } = options;
    const metadata: Metadata = {
      channel,
      locale,
      ...(threadTs !== undefined && { threadTs }),
      ...(answerId !== undefined && { answerId }),
    };
    const view =
      lookup.kind === "refused"
        ? textModal(personRefusal(lookup.cause, texts), texts)
        : viewOf(JSON.stringify(metadata), texts, lookup.person);
    await client.views.open({ trigger_id: options.triggerId, view });
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
      const filled = await fill(options.user, first);
      await open(options, (metadata, texts) => trainForm(stages, filled, metadata, texts));
    },

    /** What is wrong with an answer? */
    openFeedbackForm: (options: {
      user: string;
      channel: string;
      threadTs?: string;
      triggerId: string;
      answerId: string;
    }): Promise<void> =>
      open(options, (metadata, texts, person) => {
        const mayCurate =
          person !== undefined && decide(deps.policy, person, { action: CURATE_ACTION }).kind === "allowed";
        return feedbackForm(metadata, texts, mayCurate);
      }),

    /**
     * Another stage, or "stage/preset", was chosen, or (without `chosen`) a field that others depend on has changed: the form
     * shows its fields.
     */
    async change(
      user: string,
      view: {
        id: string;
        hash?: string | undefined;
        private_metadata?: string | undefined;
        state?: { values: unknown } | undefined;
      },
      chosen?: string,
    ): Promise<void> {
      const form = chosen === undefined ? readTrainForm(view.state?.values as FormValues) : undefined;
      const [stageName, preset] = form === undefined ? (chosen ?? "").split("/") : [form.stage, form.preset];
      const stage = stages.find((candidate) => candidate.name === stageName);
      const metadata = readMetadata(view.private_metadata ?? "");
      if (stage === undefined || metadata === undefined) return;
      await client.views.update({
        view_id: view.id,
        ...(view.hash !== undefined && { hash: view.hash }),
        view: trainForm(
          stages,
          await fill(user, stage, preset, form?.parameters),
          JSON.stringify(metadata),
          textsFor(metadata.locale),
        ),
      });
    },

    /** Errors by field, or what was filled in. Pure: it runs before the ack. */
    readSubmission(view: { callback_id: string; private_metadata: string; state: { values: unknown } }) {
      const metadata = readMetadata(view.private_metadata);
      if (view.callback_id === FEEDBACK_FORM && metadata?.answerId !== undefined) {
        const feedback = readFeedbackForm(view.state.values as FormValues);
        if (feedback === undefined) return { kind: "unknown" } as const;
        return {
          kind: "feedback",
          feedback: { answerId: metadata.answerId, ...feedback },
          metadata,
        } as const;
      }
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
