/** What is being done, on a line of its own: in a terminal each takes the place of the one before it. */
export function createProgress(out: NodeJS.WriteStream = process.stdout) {
  return {
    show(text: string): void {
      const line = `… ${text}`;
      out.write(out.isTTY ? `\r${line.slice(0, out.columns - 1)}\u001B[K` : `${line}\n`);
    },
    /** Leaves the line to what follows. */
    end(): void {
      if (out.isTTY) out.write("\r\u001B[K");
    },
  };
}
