import { printCount } from "./activity/table.ts";
import type { ReportedMeasurement } from "./report.ts";

/** Prints a title such as `VirtioDisk vdb, 2026-11-28 15:04 UTC, 10 s before and after`. */
export function measuredTitle({ resource, at, seconds }: ReportedMeasurement): string {
  const when = `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
  return `${[resource.kind, resource.key].filter(Boolean).join(" ")}, ${when}, ${seconds} s before and after`;
}

/** Prints one line per disk or thread with changes beyond noise, then the notes. */
export function measuredLines({ rows, notes }: ReportedMeasurement): string[] {
  const subjects = [...new Set(rows.map(({ subject }) => subject))];
  const lines = subjects.map((subject) => {
    const own = rows.filter((row) => row.subject === subject);
    const clear = own.filter(({ verdict }) => verdict !== "within the noise");
    const told = clear.map(({ what, before, after, ratio, verdict }) => {
      const by = ratio === null ? "" : ` ×${ratio.toFixed(2)}`;
      return `${what} ${printCount(before)} → ${printCount(after)}${by} (${verdict})`;
    });
    return `${subject}: ${told.length > 0 ? told.join(", ") : "within the noise"}`;
  });
  return [...lines, ...notes];
}
