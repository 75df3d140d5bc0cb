import type { PathStep } from "./change.ts";

/** `devices/disk[vdb]/driver/@iothread`; the text of an element is the element's own path. */
export function printPath(steps: readonly PathStep[]): string {
  return steps
    .filter((step) => step.kind !== "text")
    .map((step) =>
      step.kind === "attribute"
        ? `@${step.name}`
        : `${step.name}${step.key === undefined ? "" : `[${step.key}]`}`,
    )
    .join("/");
}

/** The other way, of a place in a table. */
export function stepsOf(place: string): PathStep[] {
  return place
    .split("/")
    .filter((word) => word !== "." && word !== "")
    .map((word) =>
      word.startsWith("@") ? { kind: "attribute", name: word.slice(1) } : { kind: "element", name: word },
    );
}

/** The same steps to the element of that key; without one, or where they end in no element, to any. */
export function withKey(steps: readonly PathStep[], key: string | null | undefined): readonly PathStep[] {
  const last = steps.at(-1);
  return last?.kind === "element" && key ? [...steps.slice(0, -1), { ...last, key }] : steps;
}

/** The same without identities, as tables are keyed: `devices/disk/driver/@iothread`. */
export function placeOf(steps: readonly PathStep[]): string {
  return steps
    .filter((step) => step.kind !== "text")
    .map((step) => (step.kind === "attribute" ? `@${step.name}` : step.name))
    .join("/");
}
