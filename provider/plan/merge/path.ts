import type { PathStep } from "./change.ts";

/** `devices/disk[vdb]/driver/@iothread`; the path of an element's text is that of the element. */
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

/** The steps of a place in a table: the inverse of `placeOf`. */
export function stepsOf(place: string): PathStep[] {
  return place
    .split("/")
    .filter((word) => word !== "." && word !== "")
    .map((word) =>
      word.startsWith("@") ? { kind: "attribute", name: word.slice(1) } : { kind: "element", name: word },
    );
}

/** The steps with a key for the last element; unchanged without a key, or when the last step is no element. */
export function withKey(steps: readonly PathStep[], key: string | null | undefined): readonly PathStep[] {
  const last = steps.at(-1);
  return last?.kind === "element" && key ? [...steps.slice(0, -1), { ...last, key }] : steps;
}

/** The path without identities, which is the key of tables: `devices/disk/driver/@iothread`. */
export function placeOf(steps: readonly PathStep[]): string {
  return steps
    .filter((step) => step.kind !== "text")
    .map((step) => (step.kind === "attribute" ? `@${step.name}` : step.name))
    .join("/");
}
