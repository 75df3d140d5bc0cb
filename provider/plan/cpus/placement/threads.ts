import { counted } from "../../../model/values/counted.ts";
import { planMappings } from "./mappings.ts";
import type { Reason } from "./rules.ts";
import { reason } from "./rules.ts";
import type { GuestToPlace, HostCpus, QueueMapping } from "./types.ts";

/** Number of threads beyond which more bring nothing. */
const saturation = 8;
/** Fewest threads that a guest is allowed: a quiet disk beside a busy one gains by its own thread even with one vCPU. */
const leastCap = 2;

export interface Threads {
  readonly count: number;
  /** Device → thread id, from 1. */
  readonly devices: Readonly<Record<string, number>>;
  /** Devices that several threads serve. */
  readonly mappings: Readonly<Record<string, QueueMapping>>;
  readonly reasons: readonly Reason[];
}

/** Plans how many threads a guest gets and which devices each serves. `cpus` are the CPUs for IO, also in words. */
export function planThreads(
  guest: GuestToPlace,
  cpus: { readonly count: number; readonly words: string },
  maxThreads: number | null,
  host: Pick<HostCpus, "libvirtVersion" | "qemuVersion">,
): Threads {
  const { devices, vcpus } = guest;
  if (devices.length === 0)
    return { count: 0, devices: {}, mappings: {}, reasons: [reason("P1", "no thread: no virtio disk")] };
  const hot = devices.filter(({ isSequential }) => !isSequential);
  const sequential = devices.filter(({ isSequential }) => isSequential);
  const useful = hot.length + Math.min(1, sequential.length);
  const bound = Math.min(saturation, Math.max(leastCap, vcpus), Math.max(1, cpus.count));
  const cap = maxThreads ?? bound;
  const own = Math.min(useful, cap);
  const why =
    maxThreads === null ? `${counted(vcpus, "vCPU")}, ${cpus.words}` : `maxThreads is ${maxThreads}`;
  const hotThreads = sequential.length > 0 && own > 1 ? own - 1 : own;
  const served = [
    ...hot.map(({ name }, index) => [name, (index % hotThreads) + 1] as const),
    ...sequential.map(({ name }) => [name, own] as const),
  ];
  const mapped = planMappings(guest, hot, new Map(served), { own, cap, why }, host);
  const count = own + Object.keys(mapped.mappings).length;
  return {
    count,
    devices: Object.fromEntries(devices.map(({ name }) => [name, new Map(served).get(name) ?? 1])),
    mappings: mapped.mappings,
    reasons: [
      reason("P1", `${counted(count, "thread")} for ${counted(devices.length, "disk")}: ${why}`),
      ...(hot.length > 0 ? [reason("P2", shared(hot.length, hotThreads))] : []),
      ...mapped.reasons,
      ...(sequential.length > 0
        ? [
            reason(
              "P4",
              `${sequential.map(({ name }) => name).join(", ")} ${sequential.length > 1 ? "move" : "moves"} large blocks: IO thread ${own} is enough`,
            ),
          ]
        : []),
    ],
  };
}

function shared(disks: number, threads: number): string {
  if (disks <= threads) return "a thread for each disk";
  return `${disks} disks on ${counted(threads, "thread")}, round robin`;
}
