import type { CustomResourceOptions, Input, Output } from "@pulumi/pulumi";
import type { DiskSource, IoThreadMapping, IoThreadTuning, Pending, Place } from "./arguments.ts";
import { VirshResource } from "./resource.ts";

export interface IoThreadArgs extends Place, IoThreadTuning {
  /** Id within the domain, from 1. Absent: the lowest free one. Another one makes a new thread. */
  ioThreadId?: Input<number>;
}

/** One IO thread of a domain; added to the running guest without a restart. */
export class IoThread extends VirshResource {
  declare readonly ioThreadId: Output<number>;
  /** The kernel's id of the thread; null when the guest is off or /proc is not readable. */
  declare readonly threadId: Output<number | null>;
  /** Polling in force, in nanoseconds. */
  declare readonly pollMaxNs: Output<number | null>;

  constructor(name: string, args: IoThreadArgs, options?: CustomResourceOptions) {
    super(
      "IoThread",
      name,
      { ...args, ioThreadId: args.ioThreadId, pollMaxNs: args.pollMaxNs, threadId: undefined },
      options,
    );
  }
}

export interface IoThreadPinArgs extends Place {
  /** Id of an IO thread of the domain. Another one makes a new pin. */
  ioThread: Input<number>;
  /** Host CPUs on which it may run: "0-3,^2". Live. */
  cpuset: Input<string>;
}

/** The host CPUs on which an IO thread may run. */
export class IoThreadPin extends VirshResource {
  /** What the kernel says of the thread; null when the guest is off or /proc is not readable. */
  declare readonly cpusAllowed: Output<string | null>;

  constructor(name: string, args: IoThreadPinArgs, options?: CustomResourceOptions) {
    super("IoThreadPin", name, { ...args, cpusAllowed: undefined }, options);
  }
}

export interface VirtioDiskArgs extends Place {
  /** "vdb": the name by which libvirt knows the disk. Another one makes a new disk. */
  target: Input<string>;
  source?: Input<DiskSource>;
  /** Absent: libvirt takes "raw" and never looks. */
  format?: Input<string>;
  /** "none" and "directsync" go past the host's page cache. Absent: writeback. */
  cache?: Input<string>;
  /** "native" needs cache "none" or "directsync". */
  io?: Input<"threads" | "native" | "io_uring">;
  discard?: Input<"ignore" | "unmap">;
  detectZeroes?: Input<"off" | "on" | "unmap">;
  /** Virtqueues, from 1. Absent: one per vCPU. */
  queues?: Input<number>;
  /** Entries per virtqueue, a power of two. Absent: 256. */
  queueSize?: Input<number>;
  /** Id of the IO thread that serves it. Absent: QEMU's main loop. A change waits for the next boot. */
  ioThread?: Input<number>;
  /** Several threads in place of `ioThread`. libvirt ≥ 10.0, QEMU ≥ 9.0. */
  ioThreads?: Input<Input<IoThreadMapping>[]>;
  serial?: Input<string>;
  readonly?: Input<boolean>;
  shareable?: Input<boolean>;
  /** Place in the boot order, from 1. */
  bootOrder?: Input<number>;
}

/** One virtio-blk disk, plugged into the running guest. Its image is never created and never deleted. */
export class VirtioDisk extends VirshResource {
  declare readonly pendingRestart: Output<Pending[]>;

  constructor(name: string, args: VirtioDiskArgs, options?: CustomResourceOptions) {
    super("VirtioDisk", name, { ...args, pendingRestart: undefined }, options);
  }
}

export interface VirtioScsiControllerArgs extends Place {
  /** Number among the domain's SCSI controllers, from 0. Another one makes a new controller. */
  index: Input<number>;
  /** Absent: "virtio-scsi". */
  model?: Input<"virtio-scsi" | "virtio-transitional" | "virtio-non-transitional">;
  /** Id of the IO thread that serves its disks. Absent: QEMU's main loop. A change waits for the next boot. */
  ioThread?: Input<number>;
  /** Several threads in place of `ioThread`. libvirt ≥ 11.2, QEMU ≥ 10.0. */
  ioThreads?: Input<Input<IoThreadMapping>[]>;
  queues?: Input<number>;
  cmdPerLun?: Input<number>;
  maxSectors?: Input<number>;
}

/** One virtio-scsi controller, plugged into the running guest. */
export class VirtioScsiController extends VirshResource {
  declare readonly pendingRestart: Output<Pending[]>;

  constructor(name: string, args: VirtioScsiControllerArgs, options?: CustomResourceOptions) {
    super("VirtioScsiController", name, { ...args, pendingRestart: undefined }, options);
  }
}
