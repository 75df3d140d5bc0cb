import { compareLabels } from "../live/labels.ts";
import type { PathStep } from "../merge/change.ts";
import type { LabelledChange } from "../plan.ts";

/**
 * Merges entries that describe one change at different places. Example: the running guest has lost a disk, so it is
 * added there, while in the definition only its cache mode changes. The entry for the whole element stays, at the
 * more expensive label. If the element has no key of its own, such as `<poll>`, the entries of its values stay
 * instead.
 */
export function foldChanges(changes: readonly LabelledChange[]): LabelledChange[] {
  const dropped = new Set<LabelledChange>();
  const labels = new Map<LabelledChange, LabelledChange>();
  for (const outer of changes) {
    const inner = changes.filter((each) => each !== outer && isWithin(each.change.steps, outer.change.steps));
    // The two entries of one change have different labels, one of them `define`. Two entries of the same side are two
    // changes.
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
