import type { Case, Measurement } from "./measure.ts";

/** Median, lowest and highest value. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** All runs of one case. */
export interface Summary {
  readonly case: Case;
  readonly runs: number;
  readonly wallSeconds: Spread;
  readonly cpuSeconds: Spread;
  readonly engineCpuSeconds: number;
  readonly programCpuSeconds: number;
  readonly providerCpuSeconds: number;
  readonly providerPeakMiB: number;
  readonly hostCpuSeconds: number;
  readonly connections: number;
  readonly sessions: number;
  readonly turns: number;
  readonly kiBUp: number;
  readonly kiBDown: number;
}

export function summarise(measurements: readonly Measurement[]): Summary[] {
  const groups = new Map<string, Measurement[]>();
  for (const each of measurements) {
    const key = JSON.stringify(each.case);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const medianOf = (value: (each: Measurement) => number) => spread(group.map(value)).median;
    return [
      {
        case: first.case,
        runs: group.length,
        wallSeconds: spread(group.map(({ run }) => run.wallMs / 1000)),
        cpuSeconds: spread(group.map(({ run }) => run.cpuSeconds)),
        engineCpuSeconds: medianOf(({ run }) => run.cpu.engine),
        programCpuSeconds: medianOf(({ run }) => run.cpu.program),
        providerCpuSeconds: medianOf(({ run }) => run.cpu.provider),
        providerPeakMiB: medianOf(({ run }) => run.providerPeakMiB),
        hostCpuSeconds: medianOf(({ counts }) => counts.cpuSeconds),
        connections: medianOf(({ counts }) => counts.connections),
        sessions: medianOf(({ counts }) => counts.sessions),
        turns: medianOf(({ counts }) => counts.turns),
        kiBUp: medianOf(({ counts }) => counts.bytesUp / 1024),
        kiBDown: medianOf(({ counts }) => counts.bytesDown / 1024),
      },
    ];
  });
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
  return { median: round(median), min: round(sorted[0] ?? 0), max: round(sorted.at(-1) ?? 0) };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
