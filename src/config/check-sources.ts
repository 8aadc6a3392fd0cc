import type { FileConfig } from "./config-schema.ts";

/** What is wrong between sources, and between them and what git may speak. */
export function sourceProblems(
  { sources, gitProtocols }: FileConfig["knowledge"],
  roles: readonly { name: string }[],
): { path: string; message: string }[] {
  const problems: { path: string; message: string }[] = [];
  for (const [index, { name, git, slack, confluence, readers = "public" }] of sources.entries()) {
    const named = [
      ...(readers === "public" ? [] : [["readers", readers] as const]),
      ...Object.entries({ groups: confluence?.groups, people: confluence?.people }).flatMap(
        ([field, names]) =>
          Object.entries(names ?? {}).map(([of, list]) => [`confluence.${field}.${of}`, list] as const),
      ),
    ];
    for (const [field, list] of named)
      for (const [at, reader] of list.entries())
        if (reader.startsWith("role:") && !roles.some((role) => reader === `role:${role.name}`))
          problems.push({
            path: `knowledge.sources[${index}].${field}[${at}]`,
            message: `there is no role "${reader.slice("role:".length)}" in the policy`,
          });
    const path = `knowledge.sources[${index}]`;
    if (slack !== undefined && sources.findIndex((other) => other.slack !== undefined) < index)
      problems.push({ path: `${path}.slack`, message: "Slack channels are one source" });
    if (sources.findIndex((other) => other.name === name) < index)
      problems.push({ path: `${path}.name`, message: `another source is named "${name}" too` });
    if (git === undefined) continue;
    const protocol = gitProtocol(git.url);
    if (!gitProtocols.some((allowed) => allowed === protocol))
      problems.push({
        path: `${path}.git.url`,
        message: `git may not speak ${protocol} here: knowledge.gitProtocols allows ${gitProtocols.join(", ")}`,
      });
    if (git.tokenEnv !== undefined && protocol !== "https")
      problems.push({ path: `${path}.git.tokenEnv`, message: "a token is sent over https only" });
  }
  return problems;
}

function gitProtocol(url: string): string {
  return /^([a-z]+):\/\//.exec(url)?.[1] ?? "ssh";
}
