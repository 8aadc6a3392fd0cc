import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import type { Config } from "../../config.ts";
import type { Finding } from "./finding.ts";

const ENOUGH_GIB = 2;

/** This machine: Node, Python where Milvus Lite needs it, and the data folder. */
export function checkMachine(config: Config): Finding[] {
  return [
    { name: "Node", level: "ok", text: process.version },
    ...(config.milvus.address === undefined ? [checkPython()] : []),
    checkDataDir(config.dataDir),
  ];
}

function checkPython(): Finding {
  const program =
    "import sys, venv, ensurepip; print('.'.join(map(str, sys.version_info[:3]))); sys.exit(sys.version_info < (3, 10))";
  const python = spawnSync("python3", ["-c", program], { encoding: "utf8" });
  const name = "Python";
  return python.status === 0
    ? { name, level: "ok", text: `${python.stdout.trim()}, for Milvus Lite` }
    : {
        name,
        level: "fail",
        text: "Milvus Lite needs Python >= 3.10 with venv",
        advice: "Debian: apt-get install python3-venv; or set milvus.address to a Milvus of yours",
      };
}

function checkDataDir(dataDir: string): Finding {
  const name = "data folder";
  let folder = dataDir;
  while (!existsSync(folder) && folder !== "/") folder = dirname(folder);
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    const freeGiB = (bavail * bsize) / 1_024 ** 3;
    const text = `${dataDir}, ${freeGiB.toFixed(1)} GiB free`;
    return freeGiB < ENOUGH_GIB
      ? { name, level: "warn", text, advice: "make room, or choose another --data-dir" }
      : { name, level: "ok", text };
  } catch {
    return {
      name,
      level: "fail",
      text: `${dataDir} cannot be written`,
      advice: "choose another --data-dir, or change its owner",
    };
  }
}
