import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../sandbox/folders.ts";
import type { FileResult } from "./results.ts";
import { nameOf } from "./results.ts";

type Times = Readonly<Record<string, number>>;

/** Milliseconds that each test file took when it ran last in this clone. */
const file = join(repository, "dist/test-times.json");

/** The longest first, so that none is left for the end. A file that never ran counts as long, by its size. */
export function longestFirst(files: readonly string[]): readonly string[] {
  const times = readTimes();
  const sortKey = (each: string) => times[nameOf(each)] ?? 1e9 + statSync(each).size;
  return files.toSorted((one, other) => sortKey(other) - sortKey(one));
}

/** Notes what these files took now, for later runs. */
export function keepTimes(results: readonly FileResult[]): void {
  const now = Object.fromEntries(results.map(({ name, durationMs }) => [name, durationMs]));
  writeFileSync(file, JSON.stringify({ ...readTimes(), ...now }));
}

function readTimes(): Times {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Times;
  } catch {
    return {};
  }
}
