import type { ConfigOptions } from "../config.ts";
import { textOf, UsageError, type CommandArguments } from "./read-arguments.ts";

/** Options that every command with settings takes. */
export function configOptionsOf(args: CommandArguments): ConfigOptions {
  const port = textOf(args, "port");
  const number = Number(port);
  if (port !== undefined && !(Number.isInteger(number) && number >= 0 && number < 65_533))
    throw new UsageError(`--port ${port}: a number from 0 to 65532`);
  const file = textOf(args, "config");
  const dataDir = textOf(args, "data-dir");
  const docs = textOf(args, "docs");
  return {
    ...(file !== undefined && { file }),
    ...(dataDir !== undefined && { dataDir }),
    ...(docs !== undefined && { docs }),
    ...(port !== undefined && {
      listen: {
        playgroundPort: number,
        apiPort: number === 0 ? 0 : number + 1,
        clusterPort: number === 0 ? 0 : number + 2,
      },
    }),
  };
}
