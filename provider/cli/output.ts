/**
 * What becomes of a command whose standard output takes no more. A reader that left, such as `head`, has what it
 * wanted: the command ends with the exit code that it has so far. A full disk is an error. Neither prints a stack trace.
 */
export function endWithOutput(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    process.stderr.write(`standard output: cannot be written (${error.code})\n`);
    process.exit(1);
  });
  // There is nowhere left to say it.
  process.stderr.on("error", () => process.exit(process.exitCode ?? 1));
}
