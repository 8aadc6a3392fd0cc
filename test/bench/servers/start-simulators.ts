import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createPlaygroundClient, type PlaygroundClient } from "#test/servers/playground-client.ts";
import { startPeer } from "./start-peer.ts";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";

export interface Simulators {
  kubeconfigFile: string;
  apiUrl: string;
  botToken: string;
  appToken: string;
  playground: PlaygroundClient;
  close(): Promise<void>;
}

/** A playground and a simulated cluster in one process, apart from the bot. Trainings take a second. */
export async function startSimulators(): Promise<Simulators> {
  const folder = await makeTemporaryFolder("bench");
  try {
    const peer = await startPeer(new URL("simulators.ts", import.meta.url), [join(folder, "cluster")]);
    const said = JSON.parse(peer.firstLine) as Omit<Simulators, "playground" | "close"> & { url: string };
    return {
      ...said,
      playground: createPlaygroundClient(said.url),
      close: () => peer.close().then(() => rm(folder, { recursive: true, force: true })),
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
