import type { Input } from "@pulumi/pulumi";

/** Where a resource other than a Domain belongs. */
export interface Place {
  /** libvirt URI: "qemu+ssh://root@hv1/system", or "qemu:///system". Another host makes a new resource. */
  host: Input<string>;
  /** Name of the domain on that host. Another one makes a new resource. */
  domain: Input<string>;
}

/** Tuning of an IO thread. Changed live; before libvirt 9.4 polling is put back after a power cycle. */
export interface IoThreadTuning {
  /** Longest busy polling in nanoseconds, 0 to 2147483647; 0: none. Absent: QEMU's default, 32768. */
  pollMaxNs?: Input<number>;
  /** Factor by which polling time grows; 0: QEMU's default. */
  pollGrow?: Input<number>;
  /** Divisor by which polling time shrinks; 0: QEMU's default. */
  pollShrink?: Input<number>;
  /** Threads always kept for blocking requests; needs threadPoolMax. libvirt ≥ 8.5. */
  threadPoolMin?: Input<number>;
  /** Most threads for blocking requests, from 1. Absent: 64. libvirt ≥ 8.5. */
  threadPoolMax?: Input<number>;
}

/** Exactly one of the four. */
export interface DiskSource {
  /** Absolute path of an image on the host; never created, never deleted. */
  file?: Input<string>;
  /** Absolute path of a block device on the host. */
  block?: Input<string>;
  /** A volume of a libvirt storage pool. */
  volume?: Input<{ pool: Input<string>; volume: Input<string> }>;
  /** Storage over the network. */
  network?: Input<{
    protocol: Input<string>;
    name?: Input<string>;
    hosts?: Input<Input<{ name?: Input<string>; port?: Input<number> }>[]>;
  }>;
}

export interface IoThreadMapping {
  /** Id of an IO thread of the domain. */
  id: Input<number>;
  /** Virtqueues that it serves. Absent: QEMU deals them out. */
  queues?: Input<Input<{ id: Input<number> }>[]>;
}

/** Something that the running guest gets only by a power cycle. */
export interface Pending {
  /** Path into the domain's XML: "devices/disk[vdb]/driver/@iothread". */
  path: string;
  /** Value in the running guest; null when it is not there. */
  live: string | null;
  /** Value in the persistent definition; null when it is not there. */
  inactive: string | null;
}
