import { createKubernetesCluster } from "../../actions/adapters/kubernetes-cluster.ts";
import { identityOf, type Role } from "../../actions/policy.ts";
import type { Identity } from "../../actions/ports.ts";
import type { Config } from "../../config.ts";
import { messageOf, type Finding } from "./finding.ts";

/** Each cluster: reachable, and what each role may do there, asked as that role. */
export async function checkClusters(config: Config): Promise<Finding[]> {
  const findings = await Promise.all(config.clusters.map((cluster) => checkCluster(config, cluster)));
  return findings.flat();
}

async function checkCluster(config: Config, cluster: Config["clusters"][number]): Promise<Finding[]> {
  const name = `cluster ${cluster.name}`;
  if (cluster.kind === "simulated")
    return [
      {
        name,
        level: "ok",
        text: "simulated",
        advice: "for a real one set KUBECONFIG or clusters (docs/operate/connect-a-cluster.md)",
      },
    ];
  const opened = createKubernetesCluster({
    name: cluster.name,
    simulated: false,
    source: cluster.kind === "in-cluster" ? "in-cluster" : { kubeconfigFile: cluster.file },
    ...(cluster.kind === "kubeconfig" && cluster.context !== undefined && { context: cluster.context }),
  });
  const reach = await opened.isReachable();
  if (!reach.reachable)
    return [
      {
        name,
        level: "fail",
        text: `does not answer: ${reach.reason}`,
        advice:
          cluster.kind === "in-cluster"
            ? "inCluster is for a Jibsa that runs in a pod with a service account; elsewhere give a kubeconfig"
            : "check the kubeconfig's server, certificate and token",
      },
    ];
  const places = placesOf(config.stages.filter((stage) => stage.cluster === cluster.name));
  const permitted = config.policy.roles.flatMap((role) =>
    places.map(async ({ namespace, group, resource }): Promise<Finding> => {
      const as = exampleOf(role);
      const what = `${role.name} in ${namespace}`;
      try {
        const may = await opened.mayI({ verb: "create", group, resource, namespace }, as);
        return may.allowed
          ? { name: `${name} rights`, level: "ok", text: `${what} may create ${resource}` }
          : {
              name: `${name} rights`,
              level: "warn",
              text: `${what} may not create ${resource}`,
              advice: `bind a role to the group ${as.groups.join(", ") || as.user} if it should (deploy/rbac)`,
            };
      } catch (error) {
        return {
          name: `${name} rights`,
          level: "fail",
          text: `${what}: ${messageOf(error)}`,
          advice: "the kubeconfig's account needs the verb impersonate (docs/operate/connect-a-cluster.md)",
        };
      }
    }),
  );
  return [{ name, level: "ok", text: `real, ${reach.version}` }, ...(await Promise.all(permitted))];
}

interface Place {
  namespace: string;
  group: string;
  resource: string;
}

/** What the stages create where; pipelines' runs are no objects of the cluster. */
function placesOf(stages: Config["stages"]): readonly Place[] {
  const places = stages
    .filter(({ engine }) => engine !== "kubeflow-pipeline")
    .map(({ namespace, template }): Place => {
      const { apiVersion = "", kind = "" } = template as { apiVersion?: string; kind?: string };
      return { namespace, group: apiVersion.split("/")[0] ?? "", resource: `${kind.toLowerCase()}s` };
    });
  return [...new Map(places.map((place) => [Object.values(place).join("/"), place])).values()];
}

/** Somebody of that role whom no cluster knows by name: the groups decide. */
function exampleOf(role: Role): Identity {
  const { groups } = identityOf([role], { slackUserId: "doctor", name: "doctor" });
  return { user: "jibsa:doctor", groups };
}
