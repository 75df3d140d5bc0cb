/** Counters of a host at one moment, as plain data. Two samples make an activity. */
export interface ActivitySample {
  /** Milliseconds on the host's clock when the counters of disks and of threads were read. */
  readonly disksAtMs: number;
  readonly threadsAtMs: number;
  /** CPUs of each NUMA node; a single node when the host reports none. */
  readonly nodes: readonly (readonly number[])[];
  /** Running domains, by name. */
  readonly domains: ReadonlyMap<string, DomainSample>;
  /** What this user is not allowed to see on the host, in words. */
  readonly missing: readonly string[];
}

export interface DomainSample {
  readonly name: string;
  /** Which thread serves which disk, from the live XML. */
  readonly placement: ThreadPlacement;
  /** Counters by disk target. */
  readonly disks: ReadonlyMap<string, DiskCounters>;
  /** Polling in force, by id of the IO thread. */
  readonly polling: ReadonlyMap<number, Polling>;
  /** Process id of QEMU; `null` when it can't be seen. */
  readonly pid: number | null;
  readonly threads: readonly ThreadCounters[];
}

/** Counters of `domstats --block` since the disk was plugged: bytes, requests, nanoseconds. */
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

/** Counters from /proc since the thread started. */
export interface ThreadCounters {
  readonly threadId: number;
  /** The thread's name in the kernel: `IO iothread1`, `CPU 0/KVM`. */
  readonly command: string;
  readonly runNs: number;
  /** Nanoseconds that the thread was ready to run but had no CPU. */
  readonly waitNs: number;
  /** How often the thread gave up the CPU to wait for something. */
  readonly voluntarySwitches: number;
  readonly cpusAllowed: readonly number[];
}

export interface PlacedDisk {
  readonly target: string;
  readonly ioThreads: readonly number[];
  /** A vhost-user process serves the disk, so QEMU neither serves nor counts it. Omitted for other disks. */
  readonly isElsewhere?: true;
}

/** Which thread serves which disk, and where threads may run, from the live XML. */
export interface ThreadPlacement {
  readonly disks: readonly PlacedDisk[];
  readonly ioThreads: readonly number[];
  /** IO threads of controllers, whether a disk uses them or not. */
  readonly controllerIoThreads: readonly number[];
  readonly ioThreadPins: ReadonlyMap<number, readonly number[]>;
  readonly vcpuPins: ReadonlyMap<number, readonly number[]>;
  /** NUMA nodes that the guest's memory is bound to; `null` when it is not bound. */
  readonly memoryNodes: readonly number[] | null;
}
