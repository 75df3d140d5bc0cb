import type { Spread } from "./summary.ts";

export function printCommits(commits: Readonly<Record<string, string>>): string {
  const parts = Object.entries(commits);
  const all = [...new Set(parts.map(([, commit]) => commit))];
  if (all.length === 1) return `\`${all[0]}\``;
  const partsOf = (commit: string) => parts.filter(([, each]) => each === commit).map(([part]) => part);
  return all.map((commit) => `\`${commit}\` (${partsOf(commit).join(", ")})`).join(", ");
}

export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  if (rows.length === 0) return ["not measured"];
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}

export function printSpread(spread: Spread | undefined, digits = 2): string {
  if (!spread) return "";
  const [median, min, max] = [spread.median, spread.min, spread.max].map((each) => each.toFixed(digits));
  return min === max ? `${median}` : `${median} (${min}–${max})`;
}

export function printNumber(value: number | undefined): string {
  return value === undefined ? "" : value.toFixed(2);
}

export function ratio(mine: Spread, floor: Spread | undefined): string {
  return floor ? (mine.median / floor.median).toFixed(2) : "";
}
