import type { Polling } from "./sample.ts";

/** What a host did between two samples. */
export interface Activity {
  readonly seconds: number;
  /** By name. */
  readonly domains: readonly DomainActivity[];
  readonly missing: readonly string[];
}

export interface DomainActivity {
  readonly name: string;
  /** Main loop, IO threads by id, vCPUs by id, then the rest summed up; empty when they can't be seen. */
  readonly threads: readonly ThreadActivity[];
  readonly disks: readonly DiskActivity[];
  readonly findings: readonly Finding[];
}

export type ThreadKind = "main loop" | "IO thread" | "vCPU" | "others";

export interface ThreadActivity {
  readonly kind: ThreadKind;
  /** Of an IO thread or vCPU. */
  readonly id: number | null;
  /** Null for the sum of the others. */
  readonly threadId: number | null;
  /** Share of one CPU that it ran, and share of the time it was ready and had none. */
  readonly cpuPercent: number;
  readonly waitPercent: number;
  /** Times a second that it gave up the CPU to wait for something. */
  readonly wakeupsPerSecond: number;
  readonly cpusAllowed: readonly number[];
  /** CPUs of its pin in the live XML; null without one. */
  readonly pin: readonly number[] | null;
  readonly polling: Polling | null;
  /** Targets of the disks that it serves. */
  readonly serves: readonly string[];
}

export interface DiskActivity {
  readonly target: string;
  /** Ids of IO threads; empty: the main loop. */
  readonly ioThreads: readonly number[];
  readonly readsPerSecond: number;
  readonly writesPerSecond: number;
  readonly flushesPerSecond: number;
  readonly bytesPerSecond: number;
  /** Of a request in QEMU, from when a thread picked it up; null without requests. */
  readonly meanUs: number | null;
  /** Requests under way, averaged over the time. */
  readonly inFlight: number;
}

/** Something worth knowing about who serves what. */
export interface Finding {
  readonly kind: FindingKind;
  /** A warning is worth a change; a note is to be known. */
  readonly level: "warning" | "note";
  /** Target of a disk, or `IO thread 1`, or `main loop`. */
  readonly subject: string;
  /** What is so, with its figures. */
  readonly text: string;
  /** What can be done; empty when nothing need be. */
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

/** All requests of a disk a second. */
export function requestsPerSecond(disk: DiskActivity): number {
  return disk.readsPerSecond + disk.writesPerSecond + disk.flushesPerSecond;
}

/** `IO thread 1`, `main loop`, `vCPU 0`. */
export function printThread({ kind, id }: Pick<ThreadActivity, "kind" | "id">): string {
  return id === null ? kind : `${kind} ${id}`;
}
