import type { StructuredPatch } from "diff";
import { structuredPatch } from "diff";

/** More differing lines than this are not worth a diff: they are replaced as a whole. */
const maxEditLength = 20_000;

/** Lines of a unified diff with three lines of context, without file names. Empty when nothing differs. */
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
