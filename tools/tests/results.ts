import { readFileSync } from "node:fs";

/** What came of one test file. */
export interface FileResult {
  /** As the runner takes it: `host/power`. */
  readonly name: string;
  readonly passed: number;
  /** A test that was skipped without a reason is one. */
  readonly failures: readonly Failure[];
  /** Titles of tests that were left out, with their reasons. */
  readonly leftOut: readonly string[];
  /** Milliseconds of its tests and hooks, those of the tier included. */
  readonly durationMs: number;
}

export interface Failure {
  readonly title: string;
  /** With the stack, where there is one. */
  readonly text: string;
}

export interface TierResult {
  readonly tier: string;
  readonly files: readonly FileResult[];
  readonly passed: number;
  readonly failed: number;
  /** Milliseconds from its first file's begin to its last file's end. */
  readonly durationMs: number;
}

/** `host/power` of the path of `dist/test/host/power.test.js`. */
export function nameOf(file: string): string {
  return file.replace(/^.*\bdist\/test\/|\.test\.js$/g, "");
}

/** What the reporter wrote; null where it wrote nothing, as mocha ended before. */
export function readResults(file: string): readonly FileResult[] | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as readonly FileResult[];
  } catch {
    return null;
  }
}

/** Tiers with their counts and times, and the files that took longest. */
export function printTable(tiers: readonly TierResult[], slowest: number): string {
  const seconds = (ms: number) => (ms / 1000).toFixed(ms < 10_000 ? 1 : 0);
  const rows = tiers.map(({ tier, files, passed, failed, durationMs }) => {
    return [tier, String(files.length), String(passed), String(failed), seconds(durationMs)];
  });
  const files = tiers.flatMap((tier) => tier.files);
  const longest = files.toSorted((one, other) => other.durationMs - one.durationMs).slice(0, slowest);
  return [
    ...alignColumns([["tier", "files", "passed", "failed", "seconds"], ...rows]),
    "",
    ...alignColumns([
      ["slowest files", "seconds"],
      ...longest.map(({ name, durationMs }) => [name, seconds(durationMs)]),
    ]),
  ].join("\n");
}

/** The first column to the left, numbers to the right. */
function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join("  "),
  );
}
