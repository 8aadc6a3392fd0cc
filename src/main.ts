import { ConfigError } from "./config.ts";
import { DataDirError } from "./cli/lock-data-dir.ts";
import { readArguments, UsageError, type CommandArguments } from "./cli/read-arguments.ts";

interface Command {
  help: string;
  options: Readonly<Record<string, "text" | "flag">>;
  run(args: CommandArguments): Promise<number>;
}

async function findCommand(name: string): Promise<Command | undefined> {
  switch (name) {
    case "up": {
      const { up, upHelp, upOptions } = await import("./cli/up.ts");
      return { run: up, help: upHelp, options: upOptions };
    }
    case "ask": {
      const { ask, askHelp, askOptions } = await import("./cli/ask.ts");
      return { run: ask, help: askHelp, options: askOptions };
    }
    case "index": {
      const { indexDocuments, indexHelp, indexOptions } = await import("./cli/index-documents.ts");
      return { run: indexDocuments, help: indexHelp, options: indexOptions };
    }
    case "key": {
      const { key, keyHelp, keyOptions } = await import("./cli/key.ts");
      return { run: key, help: keyHelp, options: keyOptions };
    }
    case "gaps": {
      const { gaps, gapsHelp, gapsOptions } = await import("./cli/gaps.ts");
      return { run: gaps, help: gapsHelp, options: gapsOptions };
    }
    case "doctor": {
      const { doctor, doctorHelp } = await import("./cli/doctor/doctor.ts");
      return { run: doctor, help: doctorHelp, options: { config: "text", "data-dir": "text" } };
    }
    default:
      return undefined;
  }
}

async function main(): Promise<number> {
  const [name = "", ...rest] = process.argv.slice(2);
  const command = await findCommand(name);
  if (command === undefined) {
    console.error(`unknown command: ${name}. There are up, ask, index, gaps, key, doctor.`);
    return 2;
  }
  try {
    const args = readArguments(rest, command.options);
    if (args.values["help"] === true) {
      console.log(command.help);
      return 0;
    }
    return await command.run(args);
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message}\n\n${command.help}`);
      return 2;
    }
    if (error instanceof ConfigError || error instanceof DataDirError) {
      console.error(error.message);
      return 2;
    }
    console.error(error);
    return 1;
  }
}

process.exitCode = await main();
// What is still open after a failed command (a half-open connection) must not keep it.
setTimeout(() => process.exit(), 2_000).unref();
