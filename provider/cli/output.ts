/**
 * Ends the command when standard output can't be written. If the reader left, as `head` does, the command ends with
 * its current exit code. A full disk is an error. Neither case prints a stack trace.
 */
export function endWithOutput(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    process.stderr.write(`standard output: cannot be written (${error.code})\n`);
    process.exit(1);
  });
  // If standard error fails too, the error can't be reported.
  process.stderr.on("error", () => process.exit(process.exitCode ?? 1));
}
