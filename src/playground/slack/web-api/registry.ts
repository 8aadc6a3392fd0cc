import { appMethods } from "./app-methods.ts";
import { assistantMethods } from "./assistant-methods.ts";
import { chatMethods } from "./chat-methods.ts";
import { conversationMethods } from "./conversation-methods.ts";
import { fileMethods } from "./file-methods.ts";
import { reactionMethods } from "./reaction-methods.ts";
import { scheduleMethods } from "./schedule-methods.ts";
import { streamMethods } from "./stream-methods.ts";
import { userMethods } from "./user-methods.ts";
import { viewMethods } from "./view-methods.ts";
import type { MethodFamily } from "./web-method.ts";

/** Every method that the playground knows; all others answer `unknown_method`. */
export const webMethods: MethodFamily = {
  ...appMethods,
  ...userMethods,
  ...conversationMethods,
  ...chatMethods,
  ...scheduleMethods,
  ...streamMethods,
  ...viewMethods,
  ...reactionMethods,
  ...fileMethods,
  ...assistantMethods,
};

/** Which token a method takes; the bot token where nothing is said. */
export const tokenKinds: Readonly<Record<string, "app" | "none" | undefined>> = {
  "api.test": "none",
  "apps.connections.open": "app",
};
