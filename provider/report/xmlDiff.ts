import type { StructuredPatch } from "diff";
import { structuredPatch } from "diff";

/** Beyond this many differing lines, all lines are replaced instead of compared. */
const maxEditLength = 20_000;

/** Returns a unified diff with three lines of context, without file names. Empty when nothing differs. */
export function diffLines(before: string, after: string): string[] {
  if (before === after) return [];
  const patch: StructuredPatch | undefined = structuredPatch("", "", before, after, undefined, undefined, {
    context: 3,
    maxEditLength,
  });
  if (!patch)
    return [...before.split("\n").map((line) => `-${line}`), ...after.split("\n").map((line) => `+${line}`)];
  return patch.hunks.flatMap((hunk) => [
    `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`,
    ...hunk.lines,
  ]);
}
