import { z } from "zod";
import type { Question } from "../../rag/ports.ts";
import { Refusal } from "./refusal.ts";

const MAX_QUESTION_CHARACTERS = 4_000;

const part = z.object({ type: z.string(), text: z.string().optional() });
const message = z.object({
  role: z.enum(["system", "developer", "user", "assistant", "tool", "function"]),
  content: z.union([z.string(), z.array(part)]).nullish(),
});
/** What is read of a request. Settings of a model (temperature, tools …) change nothing: the documents decide. */
const chatRequest = z.object({
  model: z.string(),
  messages: z.array(message).min(1).max(2_000),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  n: z.number().nullish(),
});

export interface ChatRequest {
  model: string;
  isStreamed: boolean;
  /** Tokens are told at the end of a stream. */
  withUsage: boolean;
  /** The last thing that was said. */
  question: string;
  /** What was said before, oldest first. */
  history: NonNullable<Question["history"]>;
}

/** @throws Refusal */
export function readChatRequest(body: unknown): ChatRequest {
  const parsed = chatRequest.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const param = issue?.path.map(String).join(".") ?? "";
    throw new Refusal(400, "invalid_value", `${param}: ${issue?.message ?? "invalid"}`, { param });
  }
  const { model, messages, stream, n } = parsed.data;
  if ((n ?? 1) !== 1)
    throw new Refusal(400, "unsupported_value", "there is one answer: n must be 1", { param: "n" });
  const said = messages.flatMap(({ role, content }) => {
    const text = textOf(content);
    return (role === "user" || role === "assistant") && text !== ""
      ? [{ role: role === "user" ? ("person" as const) : ("assistant" as const), text }]
      : [];
  });
  const last = said.at(-1);
  if (last?.role !== "person")
    throw new Refusal(400, "invalid_value", "the last message must be a user's, with text", {
      param: "messages",
    });
  return {
    model,
    isStreamed: stream === true,
    withUsage: parsed.data.stream_options?.include_usage === true,
    question: last.text,
    history: said.slice(0, -1),
  };
}

/** @throws Refusal for a question that no person types. */
export function checkQuestionLength(question: string): void {
  if (question.length > MAX_QUESTION_CHARACTERS)
    throw new Refusal(
      400,
      "string_above_max_length",
      `a question has at most ${MAX_QUESTION_CHARACTERS} characters, this one ${question.length}`,
      { param: "messages" },
    );
}

function textOf(content: z.output<typeof message>["content"]): string {
  if (typeof content === "string") return content.trim();
  return (content ?? [])
    .flatMap(({ type, text }) => (type === "text" && text !== undefined ? [text] : []))
    .join("\n")
    .trim();
}
