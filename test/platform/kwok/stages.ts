import { DURATION, OUTCOME, START } from "./annotations.ts";

/** Pods of these owners come to an end; all others are services and run until they are deleted. */
const OWNERS_THAT_END = ["Job", "Workflow", "PyTorchJob"];

const annotation = (name: string) => `.metadata.annotations[${JSON.stringify(name)}]`;
const is = (key: string, ...values: string[]) => ({ key, operator: "In", values });
const isNot = (key: string, ...values: string[]) => ({ key, operator: "NotIn", values });
const PHASE = ".status.phase";
const LIVING = { key: ".metadata.deletionTimestamp", operator: "DoesNotExist" };
const NOT_STARTED = { key: ".status.containerStatuses", operator: "DoesNotExist" };
const READY = '.status.conditions.[] | select(.type == "Ready") | .status';
/** The annotation's number as a duration of Go; kwok takes the default where there is none. */
const RUN_TIME = {
  durationMilliseconds: 1_000,
  durationFrom: { expressionFrom: `${annotation(DURATION)} + "s"` },
};

const stage = (
  name: string,
  kind: "Node" | "Pod",
  matchExpressions: object[],
  next: object,
  delay?: object,
) => ({
  apiVersion: "kwok.x-k8s.io/v1alpha1",
  kind: "Stage",
  metadata: { name },
  spec: {
    resourceRef: { apiGroup: "v1", kind },
    selector: { matchExpressions },
    ...(delay && { delay }),
    next,
  },
});

/** A container's status as kwok's template (Go's text/template that gives YAML), for each container of the pod. */
const containers = (state: string, fields: string) => `containerStatuses:
{{ range .spec.containers }}
- {name: {{ .name | Quote }}, image: {{ .image | Quote }}, imageID: "", ${fields}, state: ${state}}
{{ end }}`;

const TERMINATED = (exitCode: string, reason: string) =>
  `{terminated: {exitCode: ${exitCode}, reason: ${reason}, startedAt: {{ $start | Quote }}, finishedAt: {{ $now | Quote }}}}`;
const IS_OOM = `{{ $oom := eq (or (index .metadata.annotations ${JSON.stringify(OUTCOME)}) "") "oom" }}`;
const EXIT_CODE = "{{ if $oom }}137{{ else }}1{{ end }}";
const EXIT_REASON = "{{ if $oom }}OOMKilled{{ else }}Error{{ end }}";
const TIMES = `{{ $now := Now }}{{ $start := or .status.startTime $now }}`;

const notReady = (reason: string) => `conditions:
- {type: Ready, status: "False", reason: ${reason}, lastTransitionTime: {{ $now | Quote }}}
- {type: ContainersReady, status: "False", reason: ${reason}, lastTransitionTime: {{ $now | Quote }}}`;

const nodeUp = `{{ $now := Now }}
phase: Running
addresses:
- {type: InternalIP, address: {{ NodeIP | Quote }}}
- {type: Hostname, address: {{ NodeName | Quote }}}
daemonEndpoints: {kubeletEndpoint: {Port: {{ NodePort }}}}
nodeInfo: {architecture: amd64, operatingSystem: linux, kubeletVersion: v1.36.3, containerRuntimeVersion: "kwok://0.8.0", kernelVersion: "6", osImage: kwok, bootID: "", machineID: "", systemUUID: "", kubeProxyVersion: ""}
conditions:
- {type: Ready, status: "True", reason: KubeletReady, message: ready, lastHeartbeatTime: {{ $now | Quote }}, lastTransitionTime: {{ $now | Quote }}}`;

const podRuns = `{{ $now := Now }}
phase: Running
startTime: {{ $now | Quote }}
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
podIP: {{ PodIPWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) | Quote }}
conditions:
{{ range $type := (list "Initialized" "ContainersReady" "Ready") }}
- {type: {{ $type }}, status: "True", lastTransitionTime: {{ $now | Quote }}}
{{ end }}
${containers("{running: {startedAt: {{ $now | Quote }}}}", "ready: true, started: true, restartCount: 0")}
initContainerStatuses:
{{ range .spec.initContainers }}
{{ if eq (or .restartPolicy "") "Always" }}
- {name: {{ .name | Quote }}, image: {{ .image | Quote }}, imageID: "", ready: true, started: true, restartCount: 0, state: {running: {startedAt: {{ $now | Quote }}}}}
{{ else }}
- {name: {{ .name | Quote }}, image: {{ .image | Quote }}, imageID: "", ready: true, started: false, restartCount: 0, state: {terminated: {exitCode: 0, reason: Completed, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }}}}}
{{ end }}
{{ end }}`;

const podSucceeds = `${TIMES}
phase: Succeeded
${notReady("PodCompleted")}
${containers(TERMINATED("0", "Completed"), "ready: false, started: false, restartCount: 0")}`;

const podFails = `${TIMES}${IS_OOM}
phase: Failed
${notReady("PodFailed")}
${containers(TERMINATED(EXIT_CODE, EXIT_REASON), "ready: false, started: false, restartCount: 0")}`;

const podCrashes = `${TIMES}${IS_OOM}
${notReady("ContainersNotReady")}
${containers(
  `{waiting: {reason: CrashLoopBackOff, message: "back-off 10s restarting failed container"}}, lastState: ${TERMINATED(EXIT_CODE, EXIT_REASON)}`,
  "ready: false, started: false, restartCount: 1",
)}`;

const podCannotPull = `phase: Pending
${containers(
  '{waiting: {reason: ImagePullBackOff, message: "Back-off pulling image"}}',
  "ready: false, started: false, restartCount: 0",
)}`;

const outcome = annotation(OUTCOME);
const running = [LIVING, is(PHASE, "Running")];

/** What the fake kubelets do with nodes and pods, https://kwok.sigs.k8s.io/docs/user/stages-configuration/ */
export const STAGES: readonly object[] = [
  stage("node-up", "Node", [isNot(READY, "True")], { statusTemplate: nodeUp }),
  stage(
    "pod-runs",
    "Pod",
    [
      LIVING,
      is(PHASE, "Pending"),
      NOT_STARTED,
      isNot(outcome, "pull-error"),
      isNot(annotation(START), "held"),
    ],
    { statusTemplate: podRuns },
    { durationMilliseconds: 100 },
  ),
  stage(
    "pod-cannot-pull",
    "Pod",
    [LIVING, is(PHASE, "Pending"), NOT_STARTED, is(outcome, "pull-error"), isNot(annotation(START), "held")],
    {
      event: { type: "Warning", reason: "Failed", message: "Failed to pull image: not found" },
      statusTemplate: podCannotPull,
    },
  ),
  stage(
    "pod-succeeds",
    "Pod",
    [
      ...running,
      is(".metadata.ownerReferences.[].kind", ...OWNERS_THAT_END),
      isNot(outcome, "fail", "oom"),
      isNot(annotation(DURATION), "forever"),
    ],
    { statusTemplate: podSucceeds },
    RUN_TIME,
  ),
  stage(
    "pod-fails",
    "Pod",
    [
      ...running,
      is(outcome, "fail", "oom"),
      is(".spec.restartPolicy", "Never"),
      isNot(annotation(DURATION), "forever"),
    ],
    { statusTemplate: podFails },
    RUN_TIME,
  ),
  stage(
    "pod-crashes",
    "Pod",
    [
      ...running,
      is(READY, "True"),
      is(outcome, "fail", "oom"),
      isNot(".spec.restartPolicy", "Never"),
      isNot(annotation(DURATION), "forever"),
    ],
    {
      event: { type: "Warning", reason: "BackOff", message: "Back-off restarting failed container" },
      statusTemplate: podCrashes,
    },
    RUN_TIME,
  ),
  stage("pod-gone", "Pod", [{ key: ".metadata.deletionTimestamp", operator: "Exists" }], { delete: true }),
];
