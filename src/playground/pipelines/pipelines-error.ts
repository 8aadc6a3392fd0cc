/** What the API server answers instead, as its gateway writes it: `{error, code, message, details}`. */
export class PipelinesError extends Error {
  override name = "PipelinesError";
  readonly status: number;
  /** Of gRPC. */
  readonly code: number;
  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }

  body(): object {
    const { code, message } = this;
    const details = [{ "@type": "type.googleapis.com/google.rpc.Status", code, message }];
    return { error: message, code, message, details };
  }
}

export const invalidArgument = (message: string): PipelinesError => new PipelinesError(400, 3, message);
export const failedPrecondition = (message: string): PipelinesError => new PipelinesError(400, 9, message);
export const notFound = (what: string, id: string): PipelinesError =>
  new PipelinesError(404, 5, `ResourceNotFoundError: ${what} ${id} not found`);
export const alreadyExists = (message: string): PipelinesError => new PipelinesError(409, 6, message);
export const unauthenticated = (): PipelinesError =>
  new PipelinesError(
    401,
    16,
    "Unauthenticated: Request header error: there is no user identity header.: Failed to authorize the request",
  );
export const permissionDenied = (user: string, verb: string, namespace: string): PipelinesError =>
  new PipelinesError(
    403,
    7,
    `Failed to authorize the request: PermissionDenied: User '${user}' is not authorized with reason:  (request: &ResourceAttributes{Namespace:${namespace},Verb:${verb},Group:pipelines.kubeflow.org,Version:v2beta1,Resource:runs,Subresource:,Name:,}): Unauthorized access`,
  );
