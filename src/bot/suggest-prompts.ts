import type { HandlingContext } from "./bot-deps.ts";

/** Questions and commands to begin with, in the person's language, where Slack shows them in the empty conversation. */
export async function suggestPrompts({ deps, delivery, texts }: HandlingContext): Promise<void> {
  try {
    await deps.client.assistant.threads.setSuggestedPrompts({
      channel_id: delivery.channel,
      title: texts.promptsTitle,
      prompts: [...texts.prompts],
    });
  } catch (error) {
    // Only decoration, and not every workspace has it.
    deps.logger.debug({ err: error }, "no prompts here");
  }
}
