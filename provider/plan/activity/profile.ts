import type { Activity, ThreadKind } from "./activity.ts";
import { requestsPerSecond } from "./activity.ts";
import type { LatencyHistogram } from "./histogram.ts";

/** The activity of one running guest over some time. It is kept as a file, to be compared with another. */
export interface Profile {
  readonly kind: "pulumi-virsh profile";
  readonly version: 1;
  readonly host: string;
  readonly domain: string;
  /** Start time, in ISO 8601. */
  readonly begun: string;
  /** Duration of all windows together. The variation between windows is the noise. */
  readonly seconds: number;
  readonly windows: number;
  readonly disks: readonly DiskProfile[];
  readonly threads: readonly ThreadProfile[];
  /** What could not be measured, and other remarks for the reader. */
  readonly notes: readonly string[];
}

export interface DiskProfile {
  readonly target: string;
  /** Ids of the IO threads that serve the disk; empty when the main loop does. */
  readonly ioThreads: readonly number[];
  /** One figure per window. */
  readonly requestsPerSecond: readonly number[];
  readonly bytesPerSecond: readonly number[];
  /** One figure per window that has requests. */
  readonly meanUs: readonly number[];
  readonly inFlight: readonly number[];
  /** Latencies of all requests of all windows. Omitted unless they were asked for. */
  readonly latencies?: LatencyHistogram;
}

export interface ThreadProfile {
  readonly kind: ThreadKind;
  readonly id: number | null;
  readonly cpusAllowed: readonly number[];
  /** `null` for the main loop, a vCPU, or when it can't be read. */
  readonly pollMaxNs: number | null;
  readonly cpuPercent: readonly number[];
  readonly waitPercent: readonly number[];
  readonly wakeupsPerSecond: readonly number[];
}

interface About {
  readonly host: string;
  readonly domain: string;
  readonly begun: string;
  readonly notes: readonly string[];
  readonly latencies: ReadonlyMap<string, LatencyHistogram>;
}

/**
 * Makes a profile from one activity of the domain per window. The placement of disks and threads is that of the last
 * window. Disks and threads that did not exist all the time are left out, with a note.
 */
export function profileOf(about: About, activities: readonly Activity[]): Profile {
  const windows = activities.flatMap(({ domains }) => domains.filter(({ name }) => name === about.domain));
  const last = windows.at(-1);
  const notes = [...about.notes, ...new Set(activities.flatMap(({ missing }) => missing))];
  const everywhere = <T>(each: readonly (T | undefined)[], what: string): readonly T[] => {
    const found = each.filter((one) => one !== undefined);
    if (found.length < activities.length) notes.push(`${what} was not there all the time: left out`);
    return found.length < activities.length ? [] : found;
  };
  const disks = (last?.disks ?? []).flatMap(({ target, ioThreads }): DiskProfile[] => {
    const own = everywhere(
      windows.map(({ disks }) => disks.find((disk) => disk.target === target)),
      target,
    );
    if (own.length === 0) return [];
    if (own.some((disk) => disk.ioThreads.join() !== ioThreads.join()))
      notes.push(`${target} changed its IO thread`);
    const latencies = about.latencies.get(target);
    return [
      {
        target,
        ioThreads,
        requestsPerSecond: own.map((disk) => rounded(requestsPerSecond(disk))),
        bytesPerSecond: own.map((disk) => rounded(disk.bytesPerSecond)),
        meanUs: own.flatMap(({ meanUs }) => (meanUs === null ? [] : rounded(meanUs))),
        inFlight: own.map(({ inFlight }) => rounded(inFlight)),
        ...(latencies ? { latencies } : {}),
      },
    ];
  });
  const threads = (last?.threads ?? []).flatMap(({ kind, id, cpusAllowed, polling }): ThreadProfile[] => {
    const same = windows.map(({ threads }) =>
      threads.find((thread) => thread.kind === kind && thread.id === id),
    );
    const own = kind === "others" ? [] : everywhere(same, `${kind} ${id ?? ""}`.trim());
    if (own.length === 0) return [];
    return [
      {
        kind,
        id,
        cpusAllowed,
        pollMaxNs: polling?.maxNs ?? null,
        cpuPercent: own.map(({ cpuPercent }) => rounded(cpuPercent)),
        waitPercent: own.map(({ waitPercent }) => rounded(waitPercent)),
        wakeupsPerSecond: own.map(({ wakeupsPerSecond }) => rounded(wakeupsPerSecond)),
      },
    ];
  });
  const seconds = rounded(activities.reduce((sum, each) => sum + each.seconds, 0));
  const { host, domain, begun } = about;
  const head = { kind: "pulumi-virsh profile", version: 1, host, domain, begun, seconds } as const;
  return { ...head, windows: activities.length, disks, threads, notes };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** Parses a profile, or says why the text is not one. */
export function parseProfile(text: string): Profile | { readonly failure: string } {
  let value: Partial<Profile> | null;
  try {
    value = JSON.parse(text) as Partial<Profile> | null;
  } catch (cause) {
    return { failure: `is not JSON: ${(cause as Error).message}` };
  }
  if (value?.kind !== "pulumi-virsh profile")
    return { failure: "is not a profile that `pulumi-virsh measure` wrote" };
  if (value.version !== 1)
    return { failure: `has the version ${value.version}; this program reads version 1` };
  const isWhole = Array.isArray(value.disks) && Array.isArray(value.threads) && Array.isArray(value.notes);
  return isWhole ? (value as Profile) : { failure: "is not whole: disks, threads or notes are not there" };
}
