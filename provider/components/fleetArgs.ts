import type { HostCpus } from "../plan/cpus/placement/types.ts";
import type { DomainArgs } from "../resources/kinds.ts";

/** Arguments of a fleet's guests: those of a `Domain` except host and name, which the fleet sets. */
export type GuestTemplate = Omit<DomainArgs, "host" | "name">;

/** The place of a guest in its fleet. */
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

/** A host of a fleet with settings of its own. */
export interface FleetHost {
  /** libvirt URI: "qemu+ssh://root@hv1/system". */
  readonly host: string;
  /** Name of the host within the fleet, part of its resources' names. Default: the host name of the URI, or "local". */
  readonly name?: string;
  /** Guests on this host. Replaces the fleet's `guests`. */
  readonly guests?: number | readonly string[];
  /** Arguments of this host's guests. Each replaces the template's argument of the same name. */
  readonly guest?: Partial<GuestTemplate>;
  /** Host CPUs set aside for IO threads, such as `2,3`. Replaces `dedicatedIoThreads.ioCpus`. */
  readonly ioCpus?: string;
  /** CPUs, pins and disks of the host, as `readHostCpus` returned them. Default: the program reads them on every run. */
  readonly cpus?: HostCpus;
}

/** Settings for IO threads of a guest's disks. */
export interface DedicatedIoThreads {
  /**
   * Host CPUs set aside for IO threads, such as `2,3`. Default: the CPUs that no vCPU is pinned to. Changed live. The
   * fleet does not keep other work off these CPUs: configure that on the hosts (`isolcpus`, pins of other guests).
   */
  readonly ioCpus?: string;
  /** Most IO threads per guest, 1 or more. Default: rule P1 decides. */
  readonly maxThreads?: number;
  /** Longest busy polling of each thread in nanoseconds; 0 means none. Default: QEMU's, 32768. Changed live. */
  readonly pollMaxNs?: number;
  /** Targets of disks that mainly transfer large blocks in sequence; these share one thread. Default: none. */
  readonly sequential?: readonly string[];
  /**
   * Requests that a disk keeps in flight, by target, or by `scsi 0` for a controller. From 16 on its queues are mapped
   * over two threads where vCPUs, CPUs for IO and threads are left and the host can (rule P3). Default: not known.
   */
  readonly expectedDepth?: Readonly<Record<string, number>>;
  /**
   * Profiles that `pulumi-virsh measure` wrote, parsed: for guests of their name, the disks' requests in flight. They
   * count more than `expectedDepth`. Default: none.
   */
  readonly profiles?: readonly object[];
}

/** Guests that change together, before the next wave. */
export interface FleetWave {
  /** Part of the names of resources. Default: "wave-1" and so on. */
  readonly name?: string;
  /** Hosts by name within the fleet, or single guests such as `hv1/db-0`. */
  readonly hosts: readonly string[];
}

/**
 * Conditions on a wave's disks before the next wave begins. Each disk is compared with itself before the wave changed
 * anything. Only differences beyond the noise of both profiles count, and only disks that did IO in both. Set at
 * least one limit.
 */
export interface FleetGate {
  /**
   * Seconds that each of the two profiles takes, 5 to 600. Default: 30. Profiles are taken only when a guest of the
   * wave changes, never in a preview, and of all guests of a wave at the same time.
   */
  readonly seconds?: number;
  /** Highest mean latency after the change, as a multiple of the mean before: 1.2 allows 20 % more. Default: no limit. */
  readonly maxMeanRatio?: number;
  /**
   * Highest median latency after the change, as a multiple of the median before. Needs `histogram: true`, since the
   * host's counters give only the mean. A median is known to one bin of the histogram, 19 %. Default: no limit.
   */
  readonly maxP50Ratio?: number;
  /**
   * Whether QEMU counts latencies while a profile is taken. Its monitor commands mark the running guest as tainted
   * (custom-monitor) until it is powered off. Default: false.
   */
  readonly histogram?: boolean;
}

/** Arguments of a fleet: hosts × guests, changed in waves. */
export interface FleetArgs {
  /** The hosts, as libvirt URIs or with settings of their own. Waves follow this order. */
  readonly hosts: readonly (string | FleetHost)[];
  /** Names of the guests on every host, or their number: then they are named after the fleet, `db-0` … Default: 1. */
  readonly guests?: number | readonly string[];
  /**
   * Arguments of every guest, or a function that returns them for a guest's place, called once per guest on every
   * run.
   */
  readonly guest: GuestTemplate | ((place: GuestPlace) => GuestTemplate);
  /**
   * Arguments of single guests, by guest (`db-0`, on every host) or by host and guest (`hv1/db-0`). Each replaces the
   * template's argument of the same name. The more specific key takes precedence.
   */
  readonly overrides?: Readonly<Record<string, Partial<GuestTemplate>>>;
  /**
   * What changes first: a number of hosts, or hosts and guests by name (`hv1`, `hv1/db-0`). All others follow when
   * that has succeeded. Default, without `waves`: all at once.
   */
  readonly canary?: number | readonly string[];
  /** Waves, in order. Replaces `canary`. Guests that no wave names form the last wave. */
  readonly waves?: readonly FleetWave[];
  /** Conditions on a wave before the next one begins. Default: the wave succeeded. */
  readonly gate?: FleetGate;
  /**
   * Whether each virtio disk and virtio-scsi controller of a guest gets its own IO thread, pinned to CPUs near the
   * disk and off the vCPUs, by rules P1 to P6. The reasons are printed and are part of `placement`. Threads, pins and
   * polling change live. Moving a disk of a running guest to another thread detaches the disk for a moment, so it
   * waits for the next boot unless the template says `whenRunning: "detach"`. Default: false.
   */
  readonly dedicatedIoThreads?: boolean | DedicatedIoThreads;
}
