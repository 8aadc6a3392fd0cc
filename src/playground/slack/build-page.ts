import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { PlaygroundAssets } from "./playground-server.ts";

const pageFolder = fileURLToPath(new URL("page/", import.meta.url));

/** Bundles the web page in memory; its files are named by their content, so that a browser never mixes two builds. */
export async function buildPage(): Promise<PlaygroundAssets> {
  const built = await build({
    absWorkingDir: pageFolder,
    entryPoints: { page: "main.tsx", style: "styles/page.css" },
    outdir: pageFolder,
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2024",
    jsx: "automatic",
    jsxImportSource: "preact",
    logLevel: "silent",
  });
  const files = new Map(
    built.outputFiles.map(({ path, contents }) => {
      const body = Buffer.from(contents);
      const isScript = path.endsWith(".js");
      const digest = createHash("sha256").update(body).digest("hex").slice(0, 12);
      return [
        `/assets/${isScript ? "page" : "style"}-${digest}.${isScript ? "js" : "css"}`,
        { type: `${isScript ? "text/javascript" : "text/css"}; charset=utf-8`, body },
      ] as const;
    }),
  );
  const named = (ending: string) => [...files.keys()].find((path) => path.endsWith(ending)) ?? "";
  return { html: pageHtml(named(".js"), named(".css")), files };
}

const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='9' fill='%234a2a5c'/%3E%3Cpath d='M9 12l7 4 7-4v9l-7-4-7 4z' fill='%23f4c95d'/%3E%3C/svg%3E";

function pageHtml(script: string, style: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Jibsa playground</title>
<link rel="icon" href="${icon}">
<link rel="stylesheet" href="${style}">
<script type="module" src="${script}"></script>
</head>
<body><div id="page"></div><noscript>The playground's page needs JavaScript.</noscript></body>
</html>
`;
}
