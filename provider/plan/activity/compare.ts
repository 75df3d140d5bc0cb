import { printThread } from "./activity.ts";
import { type LatencyHistogram, percentileUs } from "./histogram.ts";
import type { Profile } from "./profile.ts";

/** The comparison of profiles from before and after one change. */
export interface Measured extends Comparison {
  /** Time of the change, in ISO 8601. */
  readonly at: string;
  /** Duration of each profile. */
  readonly seconds: number;
}

/** The comparison of two profiles. */
export interface Comparison {
  readonly rows: readonly ComparisonRow[];
  /** What makes the comparison unreliable, and what changed besides figures. */
  readonly notes: readonly string[];
}

export interface ComparisonRow {
  /** The target of a disk, or a thread such as `IO thread 1`. */
  readonly subject: string;
  readonly what: string;
  /** The median of the windows. A percentile is over all requests instead. */
  readonly before: number;
  readonly after: number;
  /** after / before; `null` when before is 0. */
  readonly ratio: number | null;
  readonly verdict: Verdict;
}

export type Verdict = "better" | "worse" | "more" | "less" | "within the noise" | "too few windows";

/** Fewest windows from which we can estimate how much figures vary. */
export const leastWindows = 5;
/** Resolution of a percentile from a histogram: one bin, which is 19 %. */
const binRatio = 2 ** (1 / 4);

type Wish = "higher" | "lower" | "none";

/** Compares two profiles: their medians, the ratio, and whether the difference exceeds the variation between windows. */
export function compareProfiles(before: Profile, after: Profile): Comparison {
  const notes: string[] = [];
  if (before.domain !== after.domain) notes.push(`different domains: ${before.domain} and ${after.domain}`);
  const rows = before.disks.flatMap((then): ComparisonRow[] => {
    const now = after.disks.find(({ target }) => target === then.target);
    if (!now) return [];
    if (then.ioThreads.join() !== now.ioThreads.join())
      notes.push(`${then.target}: ${server(then.ioThreads)} before, ${server(now.ioThreads)} after`);
    const row = rowOf(then.target);
    return [
      ...row("IO/s", then.requestsPerSecond, now.requestsPerSecond, "higher"),
      ...row("mean µs", then.meanUs, now.meanUs, "lower"),
      ...row("in flight", then.inFlight, now.inFlight, "none"),
      ...percentiles(then.target, then.latencies, now.latencies),
    ];
  });
  const threads = before.threads.flatMap((then): ComparisonRow[] => {
    const now = after.threads.find(({ kind, id }) => kind === then.kind && id === then.id);
    if (!now) return [];
    const row = rowOf(printThread(then));
    return [
      ...row("CPU %", then.cpuPercent, now.cpuPercent, "none"),
      ...row("waits for a CPU %", then.waitPercent, now.waitPercent, "lower"),
    ];
  });
  notes.push(...missing(before, after, "before"), ...missing(after, before, "after"));
  return { rows: [...rows, ...threads], notes };
}

function server(ioThreads: readonly number[]): string {
  return ioThreads.length === 0 ? "main loop" : `IO thread ${ioThreads.join(" ")}`;
}

/** Notes about disks and threads that only one of the profiles has. */
function missing(has: Profile, lacks: Profile, when: string): string[] {
  const names = ({ disks, threads }: Profile): string[] => [
    ...disks.map(({ target }) => target),
    ...threads.map(printThread),
  ];
  return names(has)
    .filter((name) => !names(lacks).includes(name))
    .map((name) => `${name}: only ${when}`);
}

function rowOf(subject: string) {
  return (what: string, then: readonly number[], now: readonly number[], wish: Wish): ComparisonRow[] => {
    if (then.length === 0 || now.length === 0) return [];
    const [before, after] = [median(then), median(now)];
    const ratio = before === 0 ? null : after / before;
    return [{ subject, what, before, after, ratio, verdict: judge(then, now, wish) }];
  };
}

/**
 * Judges whether two medians differ. They do when their notches do not overlap: median ± 1.58 × interquartile range /
 * √windows, about 95 % confidence for either median (McGill, Tukey and Larsen 1978).
 */
function judge(then: readonly number[], now: readonly number[], wish: Wish): Verdict {
  if (Math.min(then.length, now.length) < leastWindows) return "too few windows";
  const [before, after] = [median(then), median(now)];
  if (Math.abs(after - before) <= notch(then) + notch(now)) return "within the noise";
  return verdictOf(after > before, wish);
}

function verdictOf(isMore: boolean, wish: Wish): Verdict {
  if (wish === "none") return isMore ? "more" : "less";
  return isMore === (wish === "higher") ? "better" : "worse";
}

function percentiles(
  subject: string,
  then: LatencyHistogram | undefined,
  now: LatencyHistogram | undefined,
): ComparisonRow[] {
  if (!then || !now) return [];
  return [50, 90, 99].flatMap((percent): ComparisonRow[] => {
    const [before, after] = [percentileUs(then, percent), percentileUs(now, percent)];
    if (before === null || after === null) return [];
    const ratio = after / before;
    const isSame = ratio < binRatio * 1.01 && ratio > 1 / binRatio / 1.01;
    const verdict = isSame ? "within the noise" : verdictOf(ratio > 1, "lower");
    return [{ subject, what: `p${percent} µs`, before, after, ratio, verdict }];
  });
}

function notch(values: readonly number[]): number {
  return (1.58 * (quantile(values, 0.75) - quantile(values, 0.25))) / Math.sqrt(values.length);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** A quantile, interpolated linearly between values. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const [low = 0, high = low] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}
