import { createServer, type Server } from "node:net";

/** So many different ports of 127.0.0.1 that nobody uses now. */
export async function freePorts(count: number): Promise<number[]> {
  const probes = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<Server>((done, failed) => {
          const probe = createServer().once("error", failed);
          probe.listen(0, "127.0.0.1", () => done(probe));
        }),
    ),
  );
  const ports = probes.map((probe) => {
    const address = probe.address();
    return address !== null && typeof address === "object" ? address.port : 0;
  });
  await Promise.all(probes.map((probe) => new Promise((done) => probe.close(done))));
  return ports;
}
