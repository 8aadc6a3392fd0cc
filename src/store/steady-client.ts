import { Client } from "pg";

/**
 * A connection whose loss between two queries is no crash: node-postgres emits such an error on the client, where nobody
 * listens while it is checked out of its pool. The next query on it fails instead, and the pool replaces it.
 */
export class SteadyClient extends Client {
  constructor(...options: ConstructorParameters<typeof Client>) {
    super(...options);
    this.on("error", () => {});
  }
}
