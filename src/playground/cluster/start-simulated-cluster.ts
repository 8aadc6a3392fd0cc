import { createServer } from "node:https";
import { join } from "node:path";
import type { ApiServices } from "./api/api-services.ts";
import { createAuthenticate } from "./api/authentication.ts";
import { createAuthorizer, type AccessRole } from "./api/authorization.ts";
import { createClusterFaults, type ClusterFault } from "./api/cluster-faults.ts";
import { serveRequest } from "./api/serve-request.ts";
import { createSystemClock, type ClusterClock } from "./cluster-clock.ts";
import { kubeconfigOf } from "./credentials/kubeconfig-of.ts";
import { openCredentials } from "./credentials/open-credentials.ts";
import { createObjectWriter } from "./objects/object-writer.ts";
import { seedWorkflowTemplates } from "./simulation/argo/seed-workflow-templates.ts";
import { createSimulation } from "./simulation/create-simulation.ts";
import { seedCluster } from "./simulation/seed-cluster.ts";
import { seedTrainingPlatforms } from "./simulation/seed-training-platforms.ts";
import { writeFileAtomically } from "./store/atomic-file.ts";
import { openJournalFile } from "./store/journal-file.ts";
import { createObjectStore } from "./store/object-store.ts";

export interface SimulatedCluster {
  /** https://127.0.0.1:port, with a certificate of its own. */
  url: string;
  /** As YAML, with token and certificate; also written to `kubeconfigPath` when there is a data folder. */
  kubeconfig: string;
  kubeconfigPath: string | undefined;
  /** For tests: what goes wrong next, watches that break, a history that is forgotten (410). */
  control: {
    addFault(fault: ClusterFault): void;
    clearFaults(): void;
    cutWatches(): void;
    forgetHistory(): void;
  };
  close(): Promise<void>;
}

const DEFAULT_TRAINING_DURATION_MS = 60_000;

/** A Kubernetes API server with a scheduler, kubelets and the Training Operator, none of them real. Listens on 127.0.0.1 only. */
export async function startSimulatedCluster(options: {
  /** 0: any free one. */
  port: number;
  /** undefined: nothing is kept. */
  dataDir?: string;
  clock?: ClusterClock;
  roles?: readonly AccessRole[];
  /** How long a training runs that does not say so itself; default 60 s. */
  trainingDurationMs?: number;
}): Promise<SimulatedCluster> {
  const { dataDir, clock = createSystemClock() } = options;
  const trainingDurationMs = options.trainingDurationMs ?? DEFAULT_TRAINING_DURATION_MS;
  const credentials = openCredentials(dataDir);
  const journal = dataDir === undefined ? undefined : openJournalFile(join(dataDir, "objects"));
  const store = createObjectStore({
    ...(journal?.initial && { initial: journal.initial }),
    ...(journal && { journal }),
  });
  const writer = createObjectWriter(store, clock);
  const simulation = createSimulation({ store, writer, clock, trainingDurationMs });
  const services: ApiServices = {
    store,
    writer,
    clock,
    authorizer: createAuthorizer(options.roles),
    faults: createClusterFaults(),
    openWatches: new Set(),
    readLog: simulation.readLog,
  };
  seedCluster(store, writer, clock);
  seedWorkflowTemplates(store, writer);
  seedTrainingPlatforms(store, writer, clock);
  simulation.settle();
  const stopTicking = clock.onTick(() => simulation.settle());

  let isClosing = false;
  const authenticate = createAuthenticate(credentials.token);
  const server = createServer(
    { key: credentials.key, cert: credentials.certificate },
    (request, response) => {
      void serveRequest(services, authenticate, request, response).then(() => {
        // An answer that breaks off because this server closes comes after the journal.
        if (request.method !== "GET" && !isClosing) simulation.settle();
      });
    },
  );
  await new Promise<void>((done, failed) => {
    server.once("error", failed);
    server.listen(options.port, "127.0.0.1", done);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const url = `https://127.0.0.1:${address.port}`;
  const kubeconfig = kubeconfigOf(url, credentials);
  const kubeconfigPath = dataDir === undefined ? undefined : join(dataDir, "kubeconfig");
  if (kubeconfigPath !== undefined) writeFileAtomically(kubeconfigPath, kubeconfig);
  const cutWatches = (): void => services.openWatches.forEach((cut) => cut());
  return {
    url,
    kubeconfig,
    kubeconfigPath,
    control: {
      addFault: (fault) => services.faults.add(fault),
      clearFaults: () => services.faults.clear(),
      cutWatches,
      forgetHistory: () => store.history.expire(),
    },
    async close() {
      isClosing = true;
      stopTicking();
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
      journal?.close();
    },
  };
}
