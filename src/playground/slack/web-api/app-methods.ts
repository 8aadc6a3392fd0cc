import { validateBlocks } from "../../../slack-limits/validate-blocks.ts";
import { validateMessage } from "../../../slack-limits/validate-message.ts";
import { validateView } from "../../../slack-limits/validate-view.ts";
import { problemMessage, type SlackProblem } from "../../../slack-limits/problems.ts";
import { app, team } from "../workspace-seed.ts";
import { isFields } from "../wire-fields.ts";
import { invalidArguments, SlackError } from "./slack-error.ts";
import type { MethodFamily } from "./web-method.ts";

/** The app itself: who it is, its connections, and checks that need no channel. */
export const appMethods: MethodFamily = {
  "api.test": (args) => {
    const error = args.text("error");
    if (error !== undefined) throw new SlackError(error, { args: { error } });
    const foo = args.text("foo");
    return { args: foo === undefined ? {} : { foo } };
  },

  "auth.test": (_args, parts) => ({
    url: `${parts.baseUrl()}/`,
    team: team.name,
    user: app.name,
    team_id: team.id,
    user_id: app.botUserId,
    bot_id: app.botId,
    app_id: app.id,
    is_enterprise_install: false,
  }),

  "apps.connections.open": (_args, parts) => {
    if (!parts.socketMode) throw new SlackError("socket_mode_disabled");
    const url = parts.socketMode.openTicket(parts.baseUrl());
    if (url === undefined) throw new SlackError("too_many_websockets");
    return { url };
  },

  "bots.info": (args) => {
    if ((args.text("bot") ?? app.botId) !== app.botId) throw new SlackError("bot_not_found");
    return {
      bot: {
        id: app.botId,
        deleted: false,
        name: app.name,
        updated: 1_750_000_000,
        app_id: app.id,
        user_id: app.botUserId,
        icons: {},
      },
    };
  },

  "team.info": (_args, parts) => ({
    team: {
      id: team.id,
      name: team.name,
      domain: team.domain,
      email_domain: "example.com",
      url: `${parts.baseUrl()}/`,
      icon: { image_default: true },
    },
  }),

  "blocks.validate": (args) => {
    const blocks = args.json("blocks", "invalid_blocks_format");
    const message = args.object("message");
    const view = args.object("view");
    if (blocks === undefined && !message && !view)
      throw invalidArguments("must define one of `blocks`, `message` or `view`");
    const problems: SlackProblem[] = [];
    if (blocks !== undefined) problems.push(...validateBlocks("message", blocks));
    if (view) problems.push(...validateView(view));
    if (message) {
      const verdict = validateMessage({ text: "text", ...(isFields(message) ? message : {}) });
      if (verdict.kind === "invalid")
        problems.push(
          ...(verdict.problems.length > 0
            ? verdict.problems
            : [{ pointer: "/message", message: verdict.error }]),
        );
    }
    if (problems.length === 0) return {};
    throw new SlackError("invalid_blocks", {
      errors: problems.map((problem) => ({
        code: "invalid",
        message: problem.message,
        pointer: problem.pointer,
      })),
      response_metadata: { messages: problems.map(problemMessage) },
    });
  },
};
