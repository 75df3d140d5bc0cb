/** What was counted on a host at one moment. Plain data; two of them make an activity. */
export interface ActivitySample {
  /** Milliseconds on the host's clock when the counters of disks and of threads were read. */
  readonly disksAtMs: number;
  readonly threadsAtMs: number;
  /** CPUs of each NUMA node; one node where the host says nothing. */
  readonly nodes: readonly (readonly number[])[];
  /** Running domains, by name. */
  readonly domains: ReadonlyMap<string, DomainSample>;
  /** What this user may not see there, in words. */
  readonly missing: readonly string[];
}

export interface DomainSample {
  readonly name: string;
  /** From the live XML. */
  readonly placement: Placement;
  /** By target. */
  readonly disks: ReadonlyMap<string, DiskCounters>;
  /** Polling in force, by IO thread. */
  readonly polling: ReadonlyMap<number, Polling>;
  /** Process id of QEMU; null when it can't be seen. */
  readonly pid: number | null;
  readonly threads: readonly ThreadCounters[];
}

/** As `domstats --block` counts, since the disk was plugged: bytes, requests, nanoseconds. */
export interface DiskCounters {
  readonly readRequests: number;
  readonly readBytes: number;
  readonly readNs: number;
  readonly writeRequests: number;
  readonly writeBytes: number;
  readonly writeNs: number;
  readonly flushRequests: number;
  readonly flushNs: number;
}

export interface Polling {
  readonly maxNs: number;
  readonly grow: number;
  readonly shrink: number;
}

/** As /proc counts, since the thread was made. */
export interface ThreadCounters {
  readonly threadId: number;
  /** Kernel's name of the thread: `IO iothread1`, `CPU 0/KVM`. */
  readonly command: string;
  readonly runNs: number;
  /** Time it was ready to run and had no CPU. */
  readonly waitNs: number;
  /** Times that it gave up the CPU to wait for something. */
  readonly voluntarySwitches: number;
  readonly cpusAllowed: readonly number[];
}

export interface PlacedDisk {
  readonly target: string;
  readonly ioThreads: readonly number[];
  /** No thread of QEMU serves it, and none counts it: a vhost-user process does. Absent: one does. */
  readonly isElsewhere?: true;
}

/** What the live XML says about who serves what where. */
export interface Placement {
  readonly disks: readonly PlacedDisk[];
  readonly ioThreads: readonly number[];
  /** IO threads that a controller has, whether a disk is on it or not. */
  readonly controllerIoThreads: readonly number[];
  readonly ioThreadPins: ReadonlyMap<number, readonly number[]>;
  readonly vcpuPins: ReadonlyMap<number, readonly number[]>;
  /** NUMA nodes that the guest's memory is bound to; null where it is not bound. */
  readonly memoryNodes: readonly number[] | null;
}
