import { z } from "zod";
import { said, type HandlingContext } from "../bot-deps.ts";
import { handleCommand } from "../handle-command.ts";

const proposalSchema = z.object({ stage: z.string(), parameters: z.record(z.string(), z.string()) });

/** The button of a proposal: the normal preview, as whoever pressed, and only for them. */
export async function previewProposal(context: HandlingContext, answerId: string): Promise<void> {
  const { deps, delivery, texts } = context;
  const answer = await deps.store
    .selectFrom("answers")
    .select("proposal")
    .where("id", "=", answerId)
    .where("channel", "=", delivery.channel)
    .executeTakeFirst();
  const proposal = proposalSchema.safeParse(answer?.proposal);
  if (!proposal.success) return deps.reply.privately(delivery, said(texts.oldButton));
  const { stage, parameters } = proposal.data;
  return handleCommand(context, { kind: "train-start", stage, parameters });
}
