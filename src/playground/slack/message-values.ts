import { initialValues, keepEntered } from "./view-store.ts";
import type { Message, StateValues } from "./workspace-types.ts";

/** What each person has chosen in the menus of messages; like in Slack's client it is gone after a restart. */
export class MessageValues {
  readonly #values = new Map<string, StateValues>();

  /** The values of those blocks as that person sees them. */
  read(user: string, message: Message, blocks: readonly unknown[]): StateValues {
    return keepEntered(initialValues(blocks), this.#values.get(keyOf(user, message)) ?? {});
  }

  write(user: string, message: Message, values: StateValues): void {
    this.#values.set(keyOf(user, message), values);
  }
}

function keyOf(user: string, message: Message): string {
  return `${user} ${message.channel}/${message.ts}`;
}
