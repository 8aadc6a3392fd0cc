import { findModel } from "../../compose/find-model.ts";
import { openModels } from "../../compose/open-knowledge.ts";
import type { Config } from "../../config.ts";
import { createChatModel } from "../../rag/adapters/create-chat-model.ts";
import type { Finding } from "./finding.ts";

/** Which model writes answers, and whether it answers itself. */
export async function checkModel(config: Config): Promise<Finding> {
  const name = "model";
  if (config.models.length > 0) return checkModels(config);
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

/** Of several each is asked; the rest stands in for those that are away. */
async function checkModels(config: Config): Promise<Finding> {
  const name = "model";
  const named = openModels(config, undefined);
  const answers = await Promise.all(named.map(({ model }) => model.isReachable()));
  const away = named.flatMap(({ model }, index) => (answers[index] === true ? [] : [model.name]));
  const { piece } = await findModel(config);
  if (away.length === 0) return { name, level: "ok", text: `real, ${piece.where}` };
  return {
    name,
    level: "fail",
    text: `${away.join(", ")} of ${named.map(({ model }) => model.name).join(", ")} ${away.length === 1 ? "does" : "do"} not answer`,
    advice: "check models[].url; until then the others answer, or answers are quoted from the documents",
  };
}
