import { readObjects } from "../servers/apply-manifests.ts";
import type { ObjectToApply } from "../kubernetes-client.ts";
import type { ControllerContext } from "./controller-context.ts";

interface Webhook {
  name: string;
  clientConfig: { service?: { name: string; namespace: string; path: string; port?: number } };
}

/** Where the API server finds a controller's webhooks: there is no service network here. */
export type WebhookTarget =
  /** At this port, with our own certificate. */
  | { kind: "address"; port: number }
  /** By a Service that is an alias of localhost: the name in the certificate stays what the controller made it for. */
  | { kind: "service"; namespace: string; name: string; port: number };

/** The webhook configurations of a manifest, aimed at a controller of this machine. */
export async function applyWebhooks(
  { controlPlane, files }: ControllerContext,
  manifest: string,
  options: {
    nameOf: (kind: "mutating" | "validating") => string;
    target: WebhookTarget;
    /** Only webhooks whose path contains one of these; default all. */
    paths?: readonly string[];
    /** Those whose path lacks `exceptPath` are asked about objects with this label only. */
    onlyLabelled?: { label: string; exceptPath: string };
  },
): Promise<void> {
  const { target, paths, onlyLabelled } = options;
  const authority = Buffer.from(files.certificate).toString("base64");
  if (target.kind === "service")
    await controlPlane.admin.apply({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: target.name, namespace: target.namespace },
      spec: { type: "ExternalName", externalName: "localhost" },
    });
  const aim = (webhook: Webhook) => {
    const path = webhook.clientConfig.service?.path ?? "/";
    const clientConfig =
      target.kind === "address"
        ? { url: `https://127.0.0.1:${target.port}${path}`, caBundle: authority }
        : { service: { name: target.name, namespace: target.namespace, port: target.port, path } };
    const isLimited = onlyLabelled !== undefined && !path.includes(onlyLabelled.exceptPath);
    return {
      ...webhook,
      clientConfig,
      ...(isLimited && {
        objectSelector: { matchExpressions: [{ key: onlyLabelled.label, operator: "Exists" }] },
      }),
    };
  };
  for (const object of readObjects(manifest) as (ObjectToApply & { webhooks?: Webhook[] })[]) {
    const kind = object.kind === "MutatingWebhookConfiguration" ? "mutating" : "validating";
    const webhooks = (object.webhooks ?? [])
      .filter(({ clientConfig }) => paths?.some((part) => clientConfig.service?.path.includes(part)) ?? true)
      .map(aim);
    await controlPlane.admin.apply({ ...object, metadata: { name: options.nameOf(kind) }, webhooks });
  }
}
