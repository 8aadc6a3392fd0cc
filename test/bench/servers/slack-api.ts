import type { IncomingMessage, RequestListener } from "node:http";

export interface SlackCall {
  method: string;
  fields: URLSearchParams;
  atMs: number;
}

export const TEAM = "T0BENCH";
export const PERSON = "U0PERSON";

/** The least of Slack's Web API that an app needs; who asks for a socket is sent to `socketUrl`. */
export function createSlackApi(
  socketUrl: () => string,
  onCall: (call: SlackCall) => void = () => undefined,
): RequestListener {
  let messages = 0;
  return (request, response) => {
    void readText(request).then(
      (text) => {
        const method = (request.url ?? "").replace(/^\/api\//, "");
        onCall({ method, fields: new URLSearchParams(text), atMs: performance.now() });
        messages += 1;
        response.writeHead(200, { "content-type": "application/json" });
        response.end(JSON.stringify(answerOf(method, socketUrl(), messages)));
      },
      () => response.destroy(),
    );
  };
}

function answerOf(method: string, socketUrl: string, messages: number): object {
  switch (method) {
    case "apps.connections.open":
      return { ok: true, url: socketUrl.replace(/^http/, "ws") };
    case "auth.test":
      return { ok: true, user_id: "U0BOT", bot_id: "B0BOT", team_id: TEAM, team: "bench", user: "jibsa" };
    case "users.info":
      return {
        ok: true,
        user: {
          id: PERSON,
          team_id: TEAM,
          name: "minji",
          locale: "en-US",
          profile: { email: "minji@example.com" },
        },
      };
    case "usergroups.list":
      return { ok: true, usergroups: [{ id: "S0BENCH", handle: "researchers", users: [PERSON] }] };
    default:
      return { ok: true, channel: "D0BENCH", ts: `1750000000.${String(messages).padStart(6, "0")}` };
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
