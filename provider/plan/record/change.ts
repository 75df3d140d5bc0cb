import { hidden, redact, redactValue } from "../../model/elements/redact.ts";
import type { Schema } from "../../model/elements/schema.ts";
import { bytesOfOne } from "../../model/elements/sizes.ts";
import { printSizes } from "../../model/values/units.ts";
import { printXml } from "../../model/xml/print.ts";
import { textOf } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { Label } from "../live/labels.ts";
import type { Change } from "../merge/change.ts";
import { placeOf } from "../merge/path.ts";
import type { RecordedChange } from "./types.ts";

/** Prepares a change for display: hides secrets and prints sizes in readable units. */
export function recordChange(schema: Schema, change: Change, label: Label, isSecret = false): RecordedChange {
  const { kind, path } = change;
  const covered = (value: string | null) => (value === null ? null : hidden);
  if (isSecret) return { kind, path, before: covered(change.before), after: covered(change.after), label };
  const [before = null, after = null] = sizesOf(schema, change) ?? [
    shown(schema, change, change.before, change.actual),
    shown(schema, change, change.after, change.desired),
  ];
  return { kind, path, before, after, label };
}

function shown(
  schema: Schema,
  change: Change,
  value: string | null,
  element: XmlElement | null,
): string | null {
  if (value === null) return null;
  const path = change.steps.flatMap((step) => (step.kind === "element" ? [step.name] : []));
  const last = change.steps.at(-1);
  const attribute = last?.kind === "attribute" ? last.name : null;
  if (last?.kind !== "element") return redactValue(schema, value, path, attribute);
  return element ? printXml(redact(schema, element, path)) : null;
}

/** The values of a change. Sizes are readable, both in the same unit. */
export function valuesOf(schema: Schema, change: Change): Pick<Change, "before" | "after"> {
  const [before, after] = sizesOf(schema, change) ?? [change.before, change.after];
  return { before: before ?? null, after: after ?? null };
}

/** Prints both sizes in the same unit, such as `128 MiB` and `256 MiB`; `null` when the values are not sizes. */
function sizesOf(
  schema: Schema,
  { steps, before, after, actual, desired }: Change,
): (string | null)[] | null {
  const last = steps.at(-1);
  const attribute = last?.kind === "attribute" ? last.name : null;
  const place = placeOf(attribute === null ? steps : steps.slice(0, -1));
  // A changed value uses the existing element's unit; an added or removed element uses its own.
  const isWhole = last?.kind === "element";
  const bytes = [
    { value: before, element: actual },
    { value: after, element: isWhole ? desired : (actual ?? desired) },
  ].map(({ value, element }) => {
    if (value === null || !element) return null;
    const one = bytesOfOne(schema, place, element, attribute);
    const text = isWhole ? textOf(element) : value.trim();
    return one === null || !/^\d+$/.test(text) ? undefined : Number(text) * one;
  });
  if (bytes.includes(undefined)) return null;
  const sizes = bytes.filter((each) => typeof each === "number");
  const printed = printSizes(sizes);
  return bytes.map((each) => (each === null ? null : (printed.shift() ?? null)));
}
