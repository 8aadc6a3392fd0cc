import { decide } from "../../actions/policy.ts";
import { ModelUnavailableError } from "../../rag/ports.ts";
import type { HandlingContext } from "../bot-deps.ts";
import { deniedView } from "../denied-view.ts";
import { modelList, type ListedServer } from "../views/model-list.ts";

/** `/jibsa models`: what is configured, what its servers have, what is loaded. */
export async function showModels({ deps, delivery, person, texts }: HandlingContext): Promise<void> {
  const decision = decide(deps.actions.policy, person, { action: "models-list" });
  if (decision.kind === "denied")
    return deps.reply.answer(delivery, deniedView(decision, "models-list", person, texts));
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
