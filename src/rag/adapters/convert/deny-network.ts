import dgram from "node:dgram";
import dns from "node:dns";
import net from "node:net";

/** Nothing that a document says can make this process speak to anybody. Call before anything else is loaded. */
export function denyNetwork(): void {
  const refuse = (): never => {
    throw new Error("there is no network here");
  };
  net.Socket.prototype.connect = refuse;
  net.Server.prototype.listen = refuse;
  dgram.Socket.prototype.bind = refuse;
  dgram.Socket.prototype.send = refuse;
  Object.assign(dns, { lookup: refuse, resolve: refuse });
  globalThis.fetch = refuse;
}
