import { writeFileSync } from "node:fs";
import { readReason } from "./leftOut.ts";
import type { Failure, FileResult } from "./results.ts";
import { nameOf } from "./results.ts";

interface Settings {
  readonly reporterOption: { readonly output: string };
}

/**
 * Mocha's reporter for the test runner: prints a line when a file ends, and writes the results of all files as JSON
 * to the option `output`. With `--parallel`, mocha hands over the events of a file all at once when the file ends:
 * those between the begin and the end of a root suite belong together.
 */
function reportFiles(runner: Mocha.Runner, { reporterOption: { output } }: Settings): void {
  const files: FileResult[] = [];
  let [name, passed, durationMs] = ["", 0, 0];
  let failures: Failure[] = [];
  let leftOut: string[] = [];
  const note = ({ file, duration = 0 }: Mocha.Runnable): void => {
    // A hook of the tier has no file.
    if (file !== undefined) name = nameOf(file);
    durationMs += duration;
  };
  const fail = (runnable: Mocha.Runnable, text: string): void => {
    failures.push({ title: runnable.fullTitle(), text });
  };
  runner.on("suite", ({ root }) => {
    if (root) [name, passed, durationMs, failures, leftOut] = ["", 0, 0, [], []];
  });
  runner.on("test end", note);
  runner.on("hook end", note);
  runner.on("pass", () => {
    passed++;
  });
  runner.on("pending", (test) => {
    const title = test.fullTitle();
    if (readReason(title) === null) fail(test, "the test was skipped without a reason");
    else leftOut.push(title);
  });
  runner.on("fail", (runnable, error: Error) => {
    // Mocha emits no "hook end" for a hook that fails, which its types take for a test.
    const type: string = runnable.type;
    if (type === "hook") note(runnable);
    fail(runnable, error.stack ?? error.message);
  });
  runner.on("suite end", ({ root }) => {
    if (!root || passed + failures.length + leftOut.length === 0) return;
    files.push({ name, passed, failures, leftOut, durationMs });
    const failed = failures.length > 0 ? `, ${failures.length} failed` : "";
    const without = leftOut.length > 0 ? `, ${leftOut.length} left out` : "";
    console.log(`  ${name}: ${passed} passed${failed}${without}, ${(durationMs / 1000).toFixed(1)} s`);
  });
  runner.once("end", () => writeFileSync(output, JSON.stringify(files)));
}

// What `require` returns is what mocha calls.
module.exports = reportFiles;
