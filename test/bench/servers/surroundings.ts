import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setPriority } from "node:os";
import { startHangingServer } from "./hanging-server.ts";
import { createSlackApi } from "./slack-api.ts";

/** It stands for other machines: a process of its own, which gives way to what is measured. */
setPriority(19);
const [socketUrl = ""] = process.argv.slice(2);
const hanging = await startHangingServer();
const server = createServer(createSlackApi(() => socketUrl));
await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
const { port } = server.address() as AddressInfo;
console.log(JSON.stringify({ apiUrl: `http://127.0.0.1:${port}/api/`, hangingPort: hanging.port }));
