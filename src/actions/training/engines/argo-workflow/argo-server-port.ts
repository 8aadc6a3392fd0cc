/** What only argo-server can do: it rewrites a workflow's tree of nodes. It acts by its own token, not as the person. */
export interface ArgoServer {
  /** Runs the failed steps of a workflow again and keeps what succeeded. */
  retry(workflow: {
    namespace: string;
    name: string;
  }): Promise<
    | { kind: "done" }
    | { kind: "not-found" }
    | { kind: "forbidden"; message: string }
    | { kind: "not-possible"; message: string }
  >;
}
