const MAX_TITLE_CHARACTERS = 50;

/**
 * Open WebUI asks the same model for a chat's title, tags, next questions, searches and completions, by prompts that begin
 * with "### Task:", hold the chat between tags and name the one field they want
 * (https://github.com/open-webui/open-webui, backend/open_webui/config.py). They are answered here: no document is about them.
 * Undefined for everything else.
 */
export function answerSideCall(prompt: string): string | undefined {
  if (!prompt.startsWith("### Task:") || !prompt.includes("<chat_history>")) return undefined;
  const field = /\{\s*"(\w+)"\s*:/.exec(prompt)?.[1] ?? "";
  const answers: Readonly<Record<string, unknown>> = {
    title: titleOf(prompt),
    tags: ["General"],
    follow_ups: [],
    queries: [],
    text: "",
  };
  return Object.hasOwn(answers, field) ? JSON.stringify({ [field]: answers[field] }) : undefined;
}

/** The first thing that the person said, cut at a word. */
function titleOf(prompt: string): string {
  const history = /<chat_history>([^]*?)<\/chat_history>/.exec(prompt)?.[1] ?? "";
  const said = /^\s*USER:\s*(.+)$/im.exec(history)?.[1] ?? history;
  const words = said.replace(/\s+/g, " ").trim();
  if (words.length <= MAX_TITLE_CHARACTERS) return words;
  return `${words.slice(0, MAX_TITLE_CHARACTERS).replace(/\s+\S*$/, "")} …`;
}
