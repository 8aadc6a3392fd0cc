import { connect } from "node:http2";
import { SearchUnavailableError } from "../ports.ts";

/** What gRPC takes for an address without a port. */
const GRPC_PORT = 443;

/**
 * Resolves once a server at the address answers HTTP/2's greeting. Making a Milvus client holds the whole process for 0.1
 * to 0.3 s, acknowledgements included: nobody should pay that for a server that hangs or is away.
 * @throws SearchUnavailableError
 */
export function greetServer(address: string, timeoutMs: number): Promise<void> {
  const [, scheme = "http", host = ""] = /^(?:(https?):\/\/)?([^/]*)/.exec(address) ?? [];
  const authority = /:\d+$/.test(host) ? host : `${host}:${GRPC_PORT}`;
  return new Promise((resolve, reject) => {
    // Whether the certificate is right is the client's matter: nothing is sent here.
    const session = connect(`${scheme}://${authority}`, { rejectUnauthorized: false });
    const fail = (message: string, cause?: Error): void => {
      session.destroy();
      clearTimeout(timer);
      reject(new SearchUnavailableError(`Milvus cannot be reached: ${message}`, { cause }));
    };
    const timer = setTimeout(() => fail(`no answer within ${timeoutMs} ms`), timeoutMs);
    session.on("error", (error: Error) => fail(error.message, error));
    session.once("close", () => fail("the connection was closed"));
    session.once("remoteSettings", () => {
      clearTimeout(timer);
      resolve();
      session.destroy();
    });
  });
}
