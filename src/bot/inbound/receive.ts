import type { Logger } from "pino";
import type { Enqueue } from "../../jobs/create-jobs.ts";
import { crashPoint } from "../../store/crash-point.ts";
import type { Inbox, TakenDelivery } from "../../store/open-inbox.ts";
import { parseCommand } from "../commands/parse-command.ts";
import { DECIDING_FIELD, PRESET_SELECT, STAGE_SELECT } from "../views/train-form.ts";
import { readThreadChange, type ThreadChange } from "./thread-change.ts";
import { blockActions, keyOf, readInbound, viewSubmission, type Inbound } from "./delivery.ts";
import type { Forms } from "./open-forms.ts";

export type Ack = (response?: unknown) => Promise<void>;

/**
 * One Slack delivery: verified by whoever calls this. The intent is kept, then acknowledged, then the bell rings; nothing else
 * comes before the ack. What cannot be kept is not acknowledged, so that Slack brings it again (a command is told so).
 */
export function createReceive(deps: {
  inbox: Pick<Inbox, "take">;
  enqueue: Enqueue;
  forms: Forms;
  openObject(options: { user: string; requestId: string; triggerId: string }): Promise<void>;
  /** Whether a question was answered in this thread. */
  hasAnswered(channel: string, threadTs: string): Promise<boolean>;
  /** Keeps that a message was changed, if its channel is one whose threads are documents. */
  noteChange(change: ThreadChange): Promise<void>;
  logger: Logger;
  botUserId: () => string;
  onAck?: (tookMs: number) => void;
}) {
  const { inbox, enqueue, forms, logger } = deps;

  async function accept(inbound: Inbound, ack: Ack): Promise<void> {
    crashPoint("CP1");
    let taken: TakenDelivery;
    try {
      taken = await inbox.take({ key: inbound.key, kind: inbound.kind, payload: inbound.delivery });
    } catch (error) {
      logger.error(
        { err: error, key: inbound.key },
        "the store does not answer: a delivery was not accepted",
      );
      if (inbound.kind === "command")
        await ack({
          response_type: "ephemeral",
          text: "Not accepted: the database does not answer. Please try again in a minute.\n접수하지 못했어요. 데이터베이스가 응답하지 않아요. 잠시 뒤에 다시 시도해 주세요.",
        });
      return;
    }
    crashPoint("CP2");
    await ack();
    crashPoint("CP3");
    const outcome = await taken.stored;
    if (outcome === "later") return;
    // A bell that is lost is rung again by the sweeper.
    if (outcome === "new")
      await enqueue("handle-inbound", { key: inbound.key }).catch((error: unknown) =>
        logger.warn({ err: error, key: inbound.key }, "the queue does not answer: the sweeper will ring"),
      );
    taken.settle();
  }

  const open = async (work: Promise<void>): Promise<void> => {
    await work.catch((error: unknown) => logger.warn({ err: error }, "a form could not be opened"));
  };

  async function dispatch(body: unknown, ack: Ack): Promise<void> {
    const submission = viewSubmission.safeParse(body);
    if (submission.success) {
      const { user, view } = submission.data;
      const read = forms.readSubmission(view);
      if (read.kind === "errors") return ack({ response_action: "errors", errors: read.errors });
      if (read.kind === "unknown") return ack();
      const { channel, threadTs } = read.metadata;
      return accept(
        {
          key: keyOf("form", view.id),
          kind: "form",
          delivery: {
            user: user.id,
            channel,
            text: "",
            ephemeral: true,
            followUp: false,
            direct: channel.startsWith("D"),
            ...(read.kind === "feedback" ? { feedback: read.feedback } : { form: read.form }),
            ...(threadTs !== undefined && { threadTs }),
            ...(user.team_id !== undefined && { team: user.team_id }),
          },
        },
        ack,
      );
    }
    const pressed = blockActions.safeParse(body);
    const action = pressed.data?.actions[0];
    if (pressed.success && action !== undefined) {
      const { user, channel, view, trigger_id: triggerId, message } = pressed.data;
      if (view !== undefined && [STAGE_SELECT, PRESET_SELECT].includes(action.action_id)) {
        await ack();
        return open(forms.change(user.id, view, action.selected_option?.value ?? ""));
      }
      if (view !== undefined && action.action_id === DECIDING_FIELD) {
        await ack();
        return open(forms.change(user.id, view));
      }
      if (action.action_id === "train.form" && channel !== undefined) {
        await ack();
        const threadTs = message?.thread_ts;
        return open(
          forms.openTrainForm({
            user: user.id,
            channel: channel.id,
            triggerId,
            ...(threadTs !== undefined && { threadTs }),
          }),
        );
      }
      if (action.action_id === "answer.wrong" && channel !== undefined) {
        await ack();
        const threadTs = message?.thread_ts;
        return open(
          forms.openFeedbackForm({
            user: user.id,
            channel: channel.id,
            triggerId,
            answerId: action.value ?? "",
            ...(threadTs !== undefined && { threadTs }),
          }),
        );
      }
      if (action.action_id === "request.object") {
        await ack();
        return open(deps.openObject({ user: user.id, requestId: action.value ?? "", triggerId }));
      }
    }
    const change = readThreadChange(body);
    if (change !== undefined) return noteChange(change, ack);
    const inbound = readInbound(body, deps.botUserId());
    if (inbound === undefined) return ack();
    if (
      inbound.kind === "command" &&
      parseCommand(inbound.delivery.command ?? "", inbound.delivery.text).kind === "train-form"
    ) {
      await ack();
      const { trigger_id: triggerId } = body as { trigger_id: string };
      return open(
        forms.openTrainForm({ user: inbound.delivery.user, channel: inbound.delivery.channel, triggerId }),
      );
    }
    if (inbound.delivery.followUp) {
      // Threads that have nothing to do with us are many: what is said there is not kept, and Slack does not wait for the look.
      await ack();
      if (await isAnsweredThread(inbound)) await accept(inbound, async () => {});
      return;
    }
    return accept(inbound, ack);
  }

  async function noteChange(change: ThreadChange, ack: Ack): Promise<void> {
    try {
      await deps.noteChange(change);
    } catch (error) {
      // Not acknowledged: Slack brings it again.
      logger.error({ err: error, channel: change.channel }, "a changed message was not noted");
      return;
    }
    await ack();
  }

  async function isAnsweredThread({ key, delivery }: Inbound): Promise<boolean> {
    try {
      return await deps.hasAnswered(delivery.channel, delivery.threadTs ?? "");
    } catch (error) {
      logger.warn({ err: error, key }, "a follow-up without a mention may have been missed");
      return false;
    }
  }

  return async (body: unknown, ack: Ack): Promise<void> => {
    const startedAtMs = performance.now();
    await dispatch(body, async (response) => {
      await ack(response);
      deps.onAck?.(performance.now() - startedAtMs);
    });
  };
}

export type Receive = ReturnType<typeof createReceive>;
