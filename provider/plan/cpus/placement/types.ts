import type { Distances, Topology } from "../../../model/values/topology.ts";
import type { GuestCpus } from "../guestCpus.ts";
import type { Reason } from "./rules.ts";

/** What is known of a host's CPUs: plain data, which can be kept in a file. */
export interface HostCpus {
  readonly topology: Topology;
  readonly distances: Distances;
  /** Every guest of the host, whether this program knows it or not. */
  readonly guests: readonly GuestCpus[];
  /** Path of a disk's source → NUMA node of its PCI device; those of which that is not known are left out. */
  readonly diskNodes: Readonly<Record<string, number>>;
}

/** A guest whose disks are to get threads of their own. */
export interface GuestToPlace {
  readonly name: string;
  readonly vcpus: number;
  /** vCPU → CPUs; vCPUs without a pin are left out. */
  readonly vcpuPins: Readonly<Record<string, string>>;
  /** CPUs of all threads without a pin of their own; null: any. */
  readonly cpuset: string | null;
  /** Nodes that its memory is bound to; null: not bound. */
  readonly memoryNodes: readonly number[] | null;
  readonly devices: readonly DeviceToPlace[];
}

/** What an IO thread can serve: a virtio-blk disk, or a virtio-scsi controller. */
export interface DeviceToPlace {
  /** `vda`, `scsi 0`. */
  readonly name: string;
  /** NUMA node of the device behind it; null: not known. */
  readonly node: number | null;
  /** Virtqueues that are asked for; null: QEMU's choice. */
  readonly queues: number | null;
  /** Whether it moves large blocks one after another. */
  readonly isSequential: boolean;
}

export interface PlacementWish {
  /** CPUs set aside for IO, `2,3`; null: those that carry no vCPU. */
  readonly ioCpus: string | null;
  /** Most threads of a guest; null: by P1. */
  readonly maxThreads: number | null;
}

/** IO threads of one guest, and why. */
export interface Placement {
  readonly ioThreads: readonly { readonly id: number; readonly cpuset: string | null }[];
  /** Device → id of its thread. */
  readonly devices: Readonly<Record<string, number>>;
  readonly reasons: readonly Reason[];
}
