import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { parseStageParams } from "#src/actions/training/stage-catalogue.ts";
import { severalOf } from "#src/actions/training/train-several.ts";
import { parseCommand, parseMessage } from "#src/bot/commands/parse-command.ts";
import type { ParsedCommand } from "#src/bot/commands/parsed-command.ts";
import { readConfig } from "#src/config.ts";
import { environmentSchema, fileSchema } from "#src/config/config-schema.ts";
import { splitFrontMatter } from "#src/rag/front-matter.ts";
import { createAnchors } from "#src/rag/heading-anchor.ts";
import { splitSections } from "#src/rag/markdown-sections.ts";
import { PROJECT, readFiles } from "./source-files.ts";

const TOP = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "AGENTS.md", "CHANGELOG.md"];
const pages = [
  ...TOP.filter((path) => existsSync(join(PROJECT, path))).map((path) => ({
    path,
    text: readFileSync(join(PROJECT, path), "utf8"),
  })),
  ...["docs", "prompts", "deploy"].flatMap((folder) => readFiles(folder, ".md")),
];
const userPages = pages.filter(({ path }) => /^docs\/(?:en|ko)\//.test(path));
const operatorPages = pages.filter(({ path }) => path.startsWith("docs/operate/"));

const withoutCode = (text: string) => text.replaceAll(/^```[\s\S]*?^```/gm, "").replaceAll(/`[^`\n]*`/g, "");
const fences = (text: string) =>
  [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)].map((match) => ({
    language: match[1] ?? "",
    code: match[2] ?? "",
  }));
/** Code spans and the lines of code blocks. */
const codeOf = (text: string) => [
  ...fences(text).flatMap(({ code }) => code.split("\n")),
  ...[...text.replaceAll(/^```[\s\S]*?^```/gm, "").matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? ""),
];
const headingsOf = (text: string) =>
  splitSections(splitFrontMatter(text).body).flatMap(({ heading }) => heading ?? []);
function anchorsOf(text: string): string[] {
  const anchorOf = createAnchors();
  return headingsOf(text).map((heading) => anchorOf(heading.text));
}

describe("links of the documents", () => {
  it.each(pages)("lead from $path to files and headings that exist", ({ path, text }) => {
    const broken = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g)]
      .map((match) => match[1] ?? match[2] ?? "")
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => {
        const [file = "", anchor] = decodeURIComponent(link).split("#");
        const target = file === "" ? path : relative(PROJECT, join(PROJECT, dirname(path), file));
        if (target.startsWith("..") || !existsSync(join(PROJECT, target))) return true;
        if (anchor === undefined) return false;
        return !anchorsOf(readFileSync(join(PROJECT, target), "utf8")).includes(anchor);
      });

    expect(broken).toEqual([]);
  });
});

describe("the pages for users", () => {
  const english = userPages.filter(({ path }) => path.startsWith("docs/en/"));
  const twinOf = (path: string) => path.replace("docs/en/", "docs/ko/");

  it("are the same in both languages, heading by heading and command by command", () => {
    const outline = (path: string) => {
      const text = userPages.find((page) => page.path === path)?.text ?? "";
      const commands = codeOf(text).filter((line) => /^(?:\/|@jibsa |\.\/jibsa )/.test(line));
      const words = commands.map((line) => line.replace(/^(\/ask|@jibsa|\.\/jibsa ask) .*$/, "$1"));
      return {
        levels: headingsOf(text).map(({ level }) => level),
        commands: [...new Set(words)]
          .filter((line) => !/[가-힣]|<run>/.test(line))
          .toSorted((a, b) => (a < b ? -1 : 1)),
        rows: text.split("\n").filter((line) => line.startsWith("|")).length,
      };
    };

    expect(english.length).toBeGreaterThan(10);
    expect(userPages.filter(({ path }) => path.startsWith("docs/ko/")).map(({ path }) => path)).toEqual(
      english.map(({ path }) => twinOf(path)),
    );
    for (const { path } of english) expect(outline(twinOf(path)), twinOf(path)).toEqual(outline(path));
  });

  it.each(userPages)("$path has a title that is its heading, and its language", ({ path, text }) => {
    const { fields } = splitFrontMatter(text);

    expect(fields).toEqual({ title: headingsOf(text)[0]?.text, lang: path.split("/")[1] });
  });

  it.each(userPages)("$path shows only commands that Jibsa takes", ({ text }) => {
    expect(codeOf(text).map(problemWith).filter(Boolean)).toEqual([]);
  });
});

const { stages, pipelines } = readConfig({}, { file: join(PROJECT, "jibsa.example.yaml") });
/** Absolute paths in the pages; everything else that begins with "/" has to be a command. */
const PATHS = /^\/(?:data|output|etc|srv|var|slack|docs\/|healthz|readyz|metrics|archives)\b/;

function problemWith(line: string): string | undefined {
  const text = line.trim();
  if (text === "/invite @jibsa" || PATHS.test(text)) return undefined;
  const mention = /^@jibsa\s+(.+)$/.exec(text)?.[1];
  if (mention !== undefined)
    return check(text, parseMessage(mention), /^(?:train|cluster|docs|jibsa|help|ask)\b/.test(mention));
  const [, command, rest = ""] = /^(\/[a-z]+)(?:\s+(.*))?$/.exec(text) ?? [];
  if (command === undefined) return undefined;
  if (!["/train", "/cluster", "/docs", "/jibsa", "/ask"].includes(command)) return `${text}: no such command`;
  return check(text, parseCommand(command, rest), command !== "/ask" && rest !== "" && rest !== "help");
}

function check(line: string, parsed: ParsedCommand, mustAct: boolean): string | undefined {
  if (parsed.kind === "unknown" || parsed.kind === "invalid") return `${line}: ${JSON.stringify(parsed)}`;
  if (mustAct && parsed.kind === "ask") return `${line}: is taken for a question`;
  if (parsed.kind !== "train-start") return undefined;
  if (pipelines.some(({ name }) => name === parsed.stage)) return undefined;
  const stage = stages.find(({ name }) => name === parsed.stage);
  if (stage === undefined) return `${line}: no such stage`;
  const { preset, ...typed } = parsed.parameters;
  const presets = ["last", ...(stage.presets ?? []).map(({ name }) => name)];
  if (preset !== undefined && !presets.includes(preset)) return `${line}: no such preset`;
  const several = severalOf(stage, typed).map((name) => [name, typed[name]?.split(",")[0] ?? ""]);
  const given = { ...typed, ...Object.fromEntries(several) };
  const params = parseStageParams(stage, given);
  return params.ok ? undefined : `${line}: ${JSON.stringify(params.failure)}`;
}

describe("the stages page", () => {
  it.each(["docs/en/stages-and-parameters.md", "docs/ko/stages-and-parameters.md"])(
    "%s names every stage and parameter of the example with its default",
    (path) => {
      const { text } = pages.find((page) => page.path === path) ?? { text: "" };
      for (const stage of stages) {
        const section = text.split(/^## /m).find((part) => part.startsWith(`${stage.name}:`)) ?? "";
        const rows = [...section.matchAll(/^\| `([\w-]+)`[^|]*\| `?([^`|]+?)`? \|/gm)];

        expect(rows.map((row) => row[1])).toEqual(stage.parameters.map(({ name }) => name));
        for (const [, name, value] of rows) {
          const known = stage.parameters.find((parameter) => parameter.name === name)?.default;
          expect(typeof known === "number" ? Number(value) : value, `${stage.name} ${name}`).toBe(known);
        }
      }
    },
  );
});

describe("the documents name only what exists", () => {
  it.each(pages)("files and folders of the project, in $path", ({ text }) => {
    const named = [...text.matchAll(/(?<![\w/.#-])(?:src|test|prompts|deploy)\/[\w./*-]*/g)].map((match) =>
      match[0].replace(/[./]+$/, ""),
    );

    expect(named.filter((path) => !existsSync(join(PROJECT, path)))).toEqual([]);
  });

  const launcher = readFileSync(join(PROJECT, "jibsa"), "utf8");
  const launcherCommands = [...launcher.matchAll(/^ {2}([a-z| -]+)\)/gm)].flatMap((match) =>
    (match[1] ?? "").split("|").map((word) => word.trim()),
  );
  const textOf = (...folders: string[]) =>
    folders.flatMap((folder) => readFiles(folder, ".ts").map(({ text }) => text)).join("\n");
  const sources = textOf("src");
  /** As the commands' own help has them. */
  const help = sources + textOf("test/evals", "test/faults");

  it("commands of the launcher, with their options", () => {
    const given = pages.flatMap(({ path, text }) =>
      codeOf(text).flatMap((line) =>
        [...line.matchAll(/\.\/jibsa ([a-z]+)([^|&;]*)/g)].map((match) => ({
          path,
          command: match[1] ?? "",
          options: [...(match[2] ?? "").matchAll(/(?<=\s)--([a-z-]+)/g)].map((option) => option[1] ?? ""),
        })),
      ),
    );
    const wrong = given.filter(
      ({ command, options }) =>
        !launcherCommands.includes(command) ||
        options.some((option) => option !== "help" && !help.includes(`--${option}`)),
    );

    expect(given.length).toBeGreaterThan(5);
    expect(wrong).toEqual([]);
  });

  it("environment variables", () => {
    const settings = Object.keys(environmentSchema.shape);
    const named = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/\b(?:JIBSA|SLACK)_[A-Z_]+\b/g)].map((match) => ({ path, name: match[0] })),
    );
    const unknown = named.filter(({ name }) => !settings.includes(name) && !help.includes(`"${name}"`));

    expect(named.length).toBeGreaterThan(5);
    expect(unknown).toEqual([]);
  });

  it("settings, in code spans and in examples", () => {
    const known = settingPaths(fileSchema);
    const roots = new Set(known.map((path) => path.split(/[.[]/)[0]));
    const named = operatorPages.flatMap(({ path, text }) =>
      codeOf(text)
        .filter(
          (code) => /^[a-zA-Z]+(?:(?:\[\])?\.[a-zA-Z]+)+$/.test(code) && roots.has(code.split(/[.[]/)[0]),
        )
        .map((setting) => ({ path, setting })),
    );

    expect(named.length).toBeGreaterThan(5);
    expect(named.filter(({ setting }) => !known.includes(setting))).toEqual([]);
    for (const { path, text } of operatorPages)
      for (const { code } of fences(text).filter(({ language }) => language === "yaml"))
        for (const document of parseAllDocuments(code)) {
          const content: unknown = document.toJS();
          const isSettings = Object.keys(content ?? {}).some((key) => roots.has(key));
          if (isSettings) expect(fileSchema.safeParse(content).error?.message, path).toBeUndefined();
        }
  });
});

/** "model.name", "knowledge.sources[].folder": every path of the schema. */
function settingPaths(schema: unknown, path = ""): string[] {
  const { def } = schema as {
    def: {
      type: string;
      shape?: Record<string, unknown>;
      innerType?: unknown;
      element?: unknown;
      in?: unknown;
    };
  };
  switch (def.type) {
    case "object":
      return Object.entries(def.shape ?? {}).flatMap(([name, field]) => {
        const here = path === "" ? name : `${path}.${name}`;
        return [here, ...settingPaths(field, here)];
      });
    case "array":
      return [`${path}[]`, ...settingPaths(def.element, `${path}[]`)];
    case "pipe":
      return settingPaths(def.in, path);
    default:
      return def.innerType === undefined ? [] : settingPaths(def.innerType, path);
  }
}
