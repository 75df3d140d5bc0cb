/** What a change costs a running guest. The table goes from the most to the least expensive. */
export interface LabelRow {
  readonly label: Label;
  /** For users: the effect on the guest. */
  readonly meaning: string;
}

export type Label =
  | "delete"
  | "replace"
  | "restart"
  | "shutdown"
  | "detach"
  | "next boot"
  | "start"
  | "live"
  | "define";

export const labelRows: readonly LabelRow[] = [
  { label: "delete", meaning: "the guest, or a part of it, is taken away" },
  { label: "replace", meaning: "it is removed and made anew" },
  { label: "restart", meaning: "the guest is power-cycled" },
  { label: "shutdown", meaning: "the guest is powered off" },
  { label: "detach", meaning: "a device leaves the guest for a moment" },
  { label: "next boot", meaning: "takes effect at the guest's next power cycle; nothing happens to it now" },
  { label: "start", meaning: "the guest is started" },
  { label: "live", meaning: "applied to the running guest, which notices nothing" },
  { label: "define", meaning: "definition only: the guest does not run, or is new" },
];

const rank = new Map(labelRows.map((row, index) => [row.label, index]));

/** Sorts the more expensive label first. */
export function compareLabels(a: Label, b: Label): number {
  return (rank.get(a) ?? 0) - (rank.get(b) ?? 0);
}

/** The most expensive of the labels; null when there is none. */
export function dearestLabel(labels: readonly Label[]): Label | null {
  return labels.toSorted(compareLabels)[0] ?? null;
}

export function isLabel(text: string): text is Label {
  return rank.has(text as Label);
}
