import { code, escapeMrkdwn } from "../escape.ts";

/** Language models: which there are, and pulling one. */
export const modelTextsEn = {
  title: "Language models",
  none: "No model is connected: answers are quoted from the documents.",
  kinds: { ollama: "Ollama", "openai-compatible": "OpenAI-compatible server" },
  away: "does not answer",
  empty: "It has no models yet: `/jibsa models pull qwen3:8b` pulls one.",
  configured: (name: string, model: string) =>
    name === model ? `configured: ${code(name)}` : `configured: ${code(name)} = ${code(model)}`,
  missing: (model: string | undefined) =>
    model === undefined
      ? "its server does not have it"
      : `its server does not have it: ${code(`/jibsa models pull ${model}`)}`,
  loaded: (memory: string, gpuPercent: number, until: string | undefined) =>
    `loaded, ${memory} of memory, ${gpuPercent} % on GPUs${until === undefined ? "" : `, until ${until}`}`,
  more: (count: number) => `… and ${count} more`,
  howToPull:
    "Which model? `/jibsa models pull qwen3:8b`, as Ollama's library names it: a name or `owner/name`, and a tag behind a colon. A host before it is not taken.",
  noOllama:
    "None of the configured models is served by an Ollama. Other servers have their models from whoever runs them.",
  whichServer: (servers: readonly string[]) =>
    `On which server? Put ${servers.map((server) => code(`on=${server}`)).join(" or ")} behind it.`,
  pulledAlready: (model: string, person: string) =>
    `${code(model)} is being pulled already, ${person} asked for it. Its message shows how far it is.`,
  toldDirectly: "I am pulling it, and show how far it is in a direct message.",
  pulling: (model: string, server: string) => `Pulling ${code(model)} on ${code(server)}`,
  pulled: (model: string, server: string) => `${code(model)} is on ${code(server)}`,
  begins: "beginning …",
  waiting: "The server does not answer now. It goes on where it was as soon as it does.",
  ready: "Pulled. Answers use the models that are configured.",
  failed: (reason: string) => `It could not be pulled: ${escapeMrkdwn(reason)}`,
  serverGone: "its server is not configured any more",
};
