import { findModel } from "../../compose/find-model.ts";
import type { Config } from "../../config.ts";
import { createChatModel } from "../../rag/adapters/create-chat-model.ts";
import type { Finding } from "./finding.ts";

/** Which model writes answers, and whether it answers itself. */
export async function checkModel(config: Config): Promise<Finding> {
  const name = "model";
  const { model, piece } = await findModel(config);
  if (model === undefined)
    return {
      name,
      level: "ok",
      text: piece.where,
      advice: "to have them written, start Ollama or set model (docs/operate/connect-a-model.md)",
    };
  return (await createChatModel(model).isReachable())
    ? { name, level: "ok", text: `real, ${piece.where}` }
    : {
        name,
        level: "fail",
        text: `${piece.where} does not answer`,
        advice: "check model.url and model.name; until then answers are quoted from the documents",
      };
}
