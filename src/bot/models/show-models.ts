import { ModelUnavailableError } from "../../rag/ports.ts";
import type { HandlingContext } from "../bot-deps.ts";
import { refusal } from "../denied-view.ts";
import { modelList, type ListedServer } from "../views/model-list.ts";

/** `/jibsa models`: what is configured, what its servers have, what is loaded. */
export async function showModels(context: HandlingContext): Promise<void> {
  const { deps, delivery, texts } = context;
  const denied = refusal(context, "models-list");
  if (denied !== undefined) return deps.reply.answer(delivery, denied);
  const servers = await Promise.all(
    deps.modelServers.map(async (server): Promise<ListedServer> => {
      try {
        return { server, models: await server.list() };
      } catch (error) {
        if (!(error instanceof ModelUnavailableError)) throw error;
        deps.logger.info({ reason: error.message }, "a model's server cannot be asked");
        return { server, models: undefined };
      }
    }),
  );
  return deps.reply.answer(delivery, modelList(servers, texts));
}
