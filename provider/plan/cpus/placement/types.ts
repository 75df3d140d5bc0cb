import type { Distances, Topology } from "../../../model/values/topology.ts";
import type { GuestCpus } from "../guestCpus.ts";
import type { Reason } from "./rules.ts";

/** What is known about a host's CPUs, as plain data that can be kept in a file. */
export interface HostCpus {
  readonly topology: Topology;
  readonly distances: Distances;
  /** All guests of the host, including those that this program does not manage. */
  readonly guests: readonly GuestCpus[];
  /** Path of a disk's source → NUMA node of its PCI device. Disks whose node is unknown are left out. */
  readonly diskNodes: Readonly<Record<string, number>>;
  /** libvirt's and QEMU's versions as numbers: 9.0.0 is 9000000. Omitted in files of release 0.1.0. */
  readonly libvirtVersion?: number;
  readonly qemuVersion?: number;
}

/** A guest whose disks get threads of their own. */
export interface GuestToPlace {
  readonly name: string;
  readonly vcpus: number;
  /** vCPU → CPUs. vCPUs without a pin are left out. */
  readonly vcpuPins: Readonly<Record<string, string>>;
  /** CPUs of all threads without a pin of their own; `null` for any CPU. */
  readonly cpuset: string | null;
  /** NUMA nodes that the memory is bound to; `null` when it is not bound. */
  readonly memoryNodes: readonly number[] | null;
  readonly devices: readonly DeviceToPlace[];
}

/** A device that an IO thread can serve: a virtio-blk disk or a virtio-scsi controller. */
export interface DeviceToPlace {
  /** Name of the device: `vda`, `scsi 0`. */
  readonly name: string;
  /** NUMA node of the PCI device behind it; `null` when unknown. */
  readonly node: number | null;
  /** Number of virtqueues that the program asks for; `null` for QEMU's default. */
  readonly queues: number | null;
  /** Whether it mainly transfers large blocks in sequence. */
  readonly isSequential: boolean;
  /** How many requests it keeps in flight, when they are many, and who says so. Omitted for others. */
  readonly busy?: { readonly inFlight: number; readonly by: "expectedDepth" | "profile" };
}

export interface PlacementWish {
  /** CPUs set aside for IO, such as `2,3`; `null` for all CPUs that carry no vCPU. */
  readonly ioCpus: string | null;
  /** Most IO threads per guest; `null` to apply rule P1. */
  readonly maxThreads: number | null;
}

/** IO threads of one guest, with the reasons. */
export interface Placement {
  readonly ioThreads: readonly { readonly id: number; readonly cpuset: string | null }[];
  /** Device → id of its thread; of several ones the first. */
  readonly devices: Readonly<Record<string, number>>;
  /** Devices that several threads serve. Omitted when there are none. */
  readonly mappings?: Readonly<Record<string, QueueMapping>>;
  readonly reasons: readonly Reason[];
}

/** A device whose queues several threads serve, in turn. */
export interface QueueMapping {
  readonly ioThreads: readonly number[];
  readonly queues: number;
}
