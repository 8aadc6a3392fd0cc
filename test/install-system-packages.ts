import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** What the distribution provides and some tests need. `present` tells whether it is there. */
const PACKAGES: readonly { packages: readonly string[]; for: string; present: () => boolean }[] = [
  { packages: ["redis-server"], for: "the queue on Redis", present: () => hasCommand("redis-server") },
  {
    packages: ["chromium", "fonts-nanum"],
    for: "the playground's page in a browser",
    present: () => ["chromium", "chromium-browser", "google-chrome"].some((name) => hasCommand(name)),
  },
  { packages: ["faketime"], for: "clocks that jump", present: () => hasCommand("faketime") },
  {
    packages: ["python3-venv"],
    for: "Milvus Lite",
    present: () => spawnSync("python3", ["-c", "import ensurepip, venv"]).status === 0,
  },
];

/** Installs what is missing where that is allowed (root on Debian); elsewhere says which tests are left out, and how to get them. */
export function installSystemPackages(log: (text: string) => void): void {
  const missing = PACKAGES.filter(({ present }) => !present());
  if (missing.length === 0) return;
  const names = missing.flatMap(({ packages }) => packages);
  const mayInstall = process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
  if (mayInstall) {
    log(`installing ${names.join(", ")} from the distribution …`);
    const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const apt = (...words: string[]) =>
      spawnSync("apt-get", ["-qq", "-o", "Dpkg::Use-Pty=0", ...words], {
        stdio: ["ignore", "ignore", "inherit"],
        env: environment,
        timeout: 600_000,
      }).status === 0;
    apt("update");
    apt("install", "-y", "--no-install-recommends", ...names);
  }
  for (const { packages, for: purpose, present } of missing)
    if (!present())
      log(
        `without ${packages.join(" and ")}, the tests of ${purpose} ${process.env["CI"] === undefined ? "are skipped" : "fail"}: sudo apt-get install ${packages.join(" ")}`,
      );
}

function hasCommand(name: string): boolean {
  return spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0;
}
