import { useEffect, useState } from "preact/hooks";
import { Icon } from "../chrome/icon.tsx";
import { doAs } from "../call-page.ts";
import { usePage } from "../page-store.ts";
import { useTexts } from "../texts.ts";

interface SessionStatusProps {
  readonly channel: string;
  /** Undefined: the conversation itself. */
  readonly thread: string | undefined;
}

const changeEveryMs = 2_500;

/** What the app says about a thread beside its messages: suggested prompts, what it is doing now, and a way to stop it. */
export function SessionStatus({ channel, thread }: SessionStatusProps) {
  const texts = useTexts();
  const session = usePage((state) => state.sessions.get(`${channel}/${thread ?? ""}`));
  const bot = usePage(
    (state) => [...state.people.values()].find((person) => person.is_bot)?.real_name ?? "Jibsa",
  );
  const isWriting = usePage(
    (state) =>
      thread !== undefined &&
      [...(state.messages.get(channel)?.values() ?? [])].some(
        (message) => message.thread_ts === thread && message.streaming_state === "in_progress",
      ),
  );
  const loading = useTurns(session?.loading_messages ?? none, session?.status ?? "");
  const status = session?.status ?? "";
  const isRunning = session?.agent_status === "processing";
  const prompts = session?.prompts ?? [];
  const send = (message: string) =>
    void doAs("say", { channel, text: message, ...(thread === undefined ? {} : { thread_ts: thread }) });
  return (
    <>
      {prompts.length > 0 && (
        <div class="prompts" role="group" aria-label={session?.prompts_title}>
          {session?.prompts_title && <div class="hint">{session.prompts_title}</div>}
          {prompts.map((prompt) => (
            <button
              key={prompt.title}
              type="button"
              class="prompt"
              title={prompt.message}
              onClick={() => send(prompt.message)}
            >
              {prompt.title}
            </button>
          ))}
        </div>
      )}
      <div class="session-status" role="status" data-shown={status !== "" || isRunning}>
        {status !== "" && (
          <>
            <span class="dots" aria-hidden="true">
              <i />
              <i />
              <i />
            </span>
            <span>{loading ?? `${bot} ${status}`}</span>
          </>
        )}
        {thread !== undefined && (isRunning || isWriting) && (
          <button
            type="button"
            class="button stop-button"
            onClick={() => void doAs("stop", { channel, thread_ts: thread })}
          >
            <Icon name="stop" /> {texts.stop}
          </button>
        )}
      </div>
    </>
  );
}

const none: readonly string[] = [];

/** One of the messages after the other while there is a status. */
function useTurns(messages: readonly string[], status: string): string | undefined {
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    setTurn(0);
    if (status === "" || messages.length < 2) return undefined;
    const timer = setInterval(() => setTurn((value) => value + 1), changeEveryMs);
    return () => clearInterval(timer);
  }, [messages, status]);
  return messages[turn % Math.max(1, messages.length)];
}
