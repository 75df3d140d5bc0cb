import { counted } from "../model/values/counted.ts";
import type { Label } from "../plan/live/labels.ts";
import { isLabel, labelRows } from "../plan/live/labels.ts";
import type { Report } from "./report.ts";

export type FailOn = Label | "error" | "warning" | "unreachable";

export const failOnNames: readonly FailOn[] = [
  ...labelRows.map(({ label }) => label),
  "error",
  "warning",
  "unreachable",
];

/**
 * Parses a list such as `restart,replace,error`; `next-boot` means `next boot`.
 * @throws Error that names an unknown word
 */
export function parseFailOn(text: string): FailOn[] {
  return text.split(",").map((part) => {
    const name = part.trim().replace("-", " ") as FailOn;
    if (!failOnNames.includes(name))
      throw new Error(
        `--fail-on: there is no ${JSON.stringify(part.trim())}; known are ${failOnNames.join(", ")}`,
      );
    return name;
  });
}

/** Finds the given names in a report: one line per name that occurs. */
export function findFailures({ totals }: Report, names: readonly FailOn[]): string[] {
  const counts = (name: FailOn): [number, string] => {
    if (isLabel(name)) return [totals.changesByLabel[name] ?? 0, `${name} change`];
    if (name === "error") return [totals.errors + totals.lints.error, "error"];
    if (name === "warning") return [totals.lints.warning, "warning"];
    return [totals.unreachableHosts, "unreachable host"];
  };
  return [...new Set(names)].flatMap((name) => {
    const [count, what] = counts(name);
    return count > 0 ? [counted(count, what)] : [];
  });
}
