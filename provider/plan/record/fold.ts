import { compareLabels } from "../live/labels.ts";
import type { PathStep } from "../merge/change.ts";
import type { LabelledChange } from "../plan.ts";

/**
 * One entry per change, also where the definition and the running guest are told at different places: a disk that the
 * guest has lost is added there, while in the definition only its cache mode changes. The entry for the whole element
 * stays, at the dearer label. A part without a key of its own, such as `<poll>`, says less than the values in it: these stay.
 */
export function foldChanges(changes: readonly LabelledChange[]): LabelledChange[] {
  const dropped = new Set<LabelledChange>();
  const labels = new Map<LabelledChange, LabelledChange>();
  for (const outer of changes) {
    const inner = changes.filter((each) => each !== outer && isWithin(each.change.steps, outer.change.steps));
    // Both sides of one change differ in their labels; what one side tells twice is two changes.
    const other = inner.filter(({ label }) => (label === "define") !== (outer.label === "define"));
    if (other.length === 0) continue;
    const last = outer.change.steps.at(-1);
    if (last?.kind === "element" && last.key === undefined) {
      dropped.add(outer);
      continue;
    }
    for (const each of other) dropped.add(each);
    const [dearest = outer] = [outer, ...other].toSorted((a, b) => compareLabels(a.label, b.label));
    const isDue = [outer, ...other].some((each) => each.isDue);
    labels.set(outer, { ...outer, label: dearest.label, note: dearest.note, isDue });
  }
  return changes.filter((each) => !dropped.has(each)).map((each) => labels.get(each) ?? each);
}

function isWithin(steps: readonly PathStep[], outer: readonly PathStep[]): boolean {
  const isSame = (a: PathStep, b: PathStep | undefined) => JSON.stringify(a) === JSON.stringify(b);
  return steps.length > outer.length && outer.every((step, index) => isSame(step, steps[index]));
}
