import type { Polling } from "./sample.ts";

/** The activity of a host between two samples. */
export interface Activity {
  readonly seconds: number;
  /** Sorted by name. */
  readonly domains: readonly DomainActivity[];
  readonly missing: readonly string[];
}

export interface DomainActivity {
  readonly name: string;
  /** The main loop, IO threads by id, vCPUs by id, then the sum of all others. Empty when the threads can't be seen. */
  readonly threads: readonly ThreadActivity[];
  readonly disks: readonly DiskActivity[];
  readonly findings: readonly Finding[];
}

export type ThreadKind = "main loop" | "IO thread" | "vCPU" | "others";

export interface ThreadActivity {
  readonly kind: ThreadKind;
  /** Id of the IO thread or vCPU; `null` for other threads. */
  readonly id: number | null;
  /** Kernel thread id; `null` for the sum of the others. */
  readonly threadId: number | null;
  /** Time that the thread ran, as a percentage of one CPU. `waitPercent` is the time that it was ready but had no CPU. */
  readonly cpuPercent: number;
  readonly waitPercent: number;
  /** How often per second the thread gave up the CPU to wait for something. */
  readonly wakeupsPerSecond: number;
  readonly cpusAllowed: readonly number[];
  /** CPUs of the thread's pin in the live XML; `null` without a pin. */
  readonly pin: readonly number[] | null;
  readonly polling: Polling | null;
  /** Targets of the disks that the thread serves. */
  readonly serves: readonly string[];
}

export interface DiskActivity {
  readonly target: string;
  /** Ids of the IO threads that serve the disk; empty when the main loop does. */
  readonly ioThreads: readonly number[];
  readonly readsPerSecond: number;
  readonly writesPerSecond: number;
  readonly flushesPerSecond: number;
  readonly bytesPerSecond: number;
  /** Mean time of a request in QEMU, from when a thread picks it up; `null` without requests. */
  readonly meanUs: number | null;
  /** Average number of requests in flight. */
  readonly inFlight: number;
}

/** An observation about which thread serves which disk. */
export interface Finding {
  readonly kind: FindingKind;
  /** A warning suggests a change; a note is information only. */
  readonly level: "warning" | "note";
  /** What it is about: the target of a disk, `IO thread 1` or `main loop`. */
  readonly subject: string;
  /** The observation, with its figures. */
  readonly text: string;
  /** What to do about it; empty when nothing is needed. */
  readonly remedy: string;
}

export type FindingKind =
  | "main loop"
  | "shared"
  | "unused"
  | "saturated"
  | "polling"
  | "starved"
  | "pin not in force"
  | "far NUMA node";

/** Reads, writes and flushes of a disk per second. */
export function requestsPerSecond(disk: DiskActivity): number {
  return disk.readsPerSecond + disk.writesPerSecond + disk.flushesPerSecond;
}

/** Prints a thread's name, such as `IO thread 1`, `main loop` or `vCPU 0`. */
export function printThread({ kind, id }: Pick<ThreadActivity, "kind" | "id">): string {
  return id === null ? kind : `${kind} ${id}`;
}
