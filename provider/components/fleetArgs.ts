import type { HostCpus } from "../plan/cpus/placement/types.ts";
import type { DomainArgs } from "../resources/kinds.ts";

/** What a guest of a fleet is: the arguments of a `Domain`, which the fleet gives its host and name. */
export type GuestTemplate = Omit<DomainArgs, "host" | "name">;

/** Where a guest of a fleet is. */
export interface GuestPlace {
  /** libvirt URI of its host. */
  readonly host: string;
  /** Name of the host within the fleet. */
  readonly hostName: string;
  /** Name of the guest on its host. */
  readonly name: string;
  /** Number of the guest on its host, from 0. */
  readonly index: number;
}

/** A host that differs from the others of its fleet. */
export interface FleetHost {
  /** libvirt URI: "qemu+ssh://root@hv1/system". */
  readonly host: string;
  /** Name of the host within the fleet, part of its resources' names. Absent: the host name of the URI, or "local". */
  readonly name?: string;
  /** Guests of this host, in place of the fleet's `guests`. */
  readonly guests?: number | readonly string[];
  /** Arguments of this host's guests, each in place of the template's argument of that name. */
  readonly guest?: Partial<GuestTemplate>;
  /** Host CPUs set aside for IO threads, such as `2,3`, in place of `dedicatedIoThreads.ioCpus`. */
  readonly ioCpus?: string;
  /** CPUs, pins and disks of the host, as `readHostCpus` returned them. Absent: the program reads them on every run. */
  readonly cpus?: HostCpus;
}

/** How disks get IO threads of their own. */
export interface DedicatedIoThreads {
  /**
   * Host CPUs set aside for IO threads, such as `2,3`. Absent: the CPUs that no vCPU is pinned to. Changed live.
   * That nothing else runs there is for the hosts to see to (`isolcpus`, pins of other guests).
   */
  readonly ioCpus?: string;
  /** Most IO threads of a guest, from 1. Absent: by rule P1. */
  readonly maxThreads?: number;
  /** Longest busy polling of each thread in nanoseconds; 0: none. Absent: QEMU's default, 32768. Changed live. */
  readonly pollMaxNs?: number;
  /** Targets of disks that move large blocks one after another: they share one thread. Absent: none. */
  readonly sequential?: readonly string[];
}

/** Guests that change together, before those of the next wave. */
export interface FleetWave {
  /** Part of the names of resources. Absent: "wave-1" and so on. */
  readonly name?: string;
  /** Hosts by their names within the fleet, or guests of one host: `hv1/db-0`. */
  readonly hosts: readonly string[];
}

/**
 * What must hold of a wave's disks before the next wave begins: each disk is compared with itself before the wave
 * changed anything. Only what the windows of both profiles show beyond their noise counts, and only disks that did IO
 * in both. At least one limit is needed.
 */
export interface FleetGate {
  /**
   * Seconds that each of the two profiles takes, 5 to 600. Absent: 30. They are taken only when a guest of the wave
   * changes, and never in a preview; all guests of a wave at the same time.
   */
  readonly seconds?: number;
  /** Highest mean latency after the change, as a multiple of the mean before: 1.2 allows a fifth more. Absent: no limit. */
  readonly maxMeanRatio?: number;
  /**
   * Highest median latency likewise. Needs `histogram: true`: the host's counters know the mean alone. A median is known
   * to one bin of the histogram, 19 %. Absent: no limit.
   */
  readonly maxP50Ratio?: number;
  /**
   * Whether QEMU counts latencies while a profile is taken. Its monitor commands mark the running guest as tainted
   * (custom-monitor) until it is powered off. Absent: it does not.
   */
  readonly histogram?: boolean;
}

/** Hosts × guests, in waves. */
export interface FleetArgs {
  /** The hosts, as libvirt URIs or with what is particular to them. Their order is that of the waves. */
  readonly hosts: readonly (string | FleetHost)[];
  /** Names of the guests on every host, or how many: then they are called after the fleet, `db-0` … Absent: 1. */
  readonly guests?: number | readonly string[];
  /** What each guest is; or a function of where it is, called once for each guest on every run. */
  readonly guest: GuestTemplate | ((place: GuestPlace) => GuestTemplate);
  /**
   * Arguments of single guests, by name of the guest (`db-0`, on every host) or host and guest (`hv1/db-0`), each in
   * place of the template's argument of that name. The more particular one wins.
   */
  readonly overrides?: Readonly<Record<string, Partial<GuestTemplate>>>;
  /**
   * What changes first: so many hosts, or hosts and guests by name (`hv1`, `hv1/db-0`); all others follow when that has
   * succeeded. Absent, and without `waves`: all at once.
   */
  readonly canary?: number | readonly string[];
  /** Waves in their order, in place of `canary`. What none of them names makes up a last one. */
  readonly waves?: readonly FleetWave[];
  /** What must hold of a wave before the next one begins. Absent: that it succeeded. */
  readonly gate?: FleetGate;
  /**
   * Whether each virtio disk and virtio-scsi controller of a guest gets an IO thread of its own, pinned to CPUs near the
   * disk and off the vCPUs, by rules P1 to P6; the reasons are printed and told in `placement`. Moving a disk of a
   * running guest to another thread takes it out for a moment, so it waits for the next boot unless the template says
   * `whenRunning: "detach"`; threads, pins and polling change live. Absent: false.
   */
  readonly dedicatedIoThreads?: boolean | DedicatedIoThreads;
}
