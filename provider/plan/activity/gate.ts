import { compareProfiles } from "./compare.ts";
import type { Profile } from "./profile.ts";

export interface GateLimits {
  /** Highest allowed ratio of the mean latency after to the mean before; `null` for no limit. */
  readonly maxMeanRatio: number | null;
  /** The same for the median latency, if both profiles have histograms. */
  readonly maxP50Ratio: number | null;
}

export interface GateVerdict {
  /** Limits that a disk exceeds by more than noise. */
  readonly failures: readonly string[];
  /** Every figure that was judged, and what could not be judged. */
  readonly notes: readonly string[];
}

/** Judges whether a guest's disks are still fast enough, each compared with itself before. */
export function judgeGate(before: Profile, after: Profile, limits: GateLimits): GateVerdict {
  const { rows } = compareProfiles(before, after);
  const failures: string[] = [];
  const notes: string[] = [];
  for (const [what, limit] of [
    ["mean µs", limits.maxMeanRatio],
    ["p50 µs", limits.maxP50Ratio],
  ] as const) {
    if (limit === null) continue;
    for (const { target } of before.disks) {
      const row = rows.find((each) => each.subject === target && each.what === what);
      if (!row || row.ratio === null) {
        notes.push(`${target}: no ${what} in both profiles, not judged`);
        continue;
      }
      const { ratio, verdict } = row;
      const figures = `${target}: ${what} ${rounded(row.before)} → ${rounded(row.after)}, × ${ratio.toFixed(2)}`;
      if (ratio <= limit) notes.push(figures);
      else if (verdict === "worse") failures.push(`${figures}, above × ${limit}`);
      else notes.push(`${figures}, above × ${limit}, but ${verdict}`);
    }
  }
  return { failures, notes };
}

function rounded(us: number): number {
  return us >= 100 ? Math.round(us) : Math.round(us * 10) / 10;
}
