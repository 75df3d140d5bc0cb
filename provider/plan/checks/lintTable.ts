import { nodesOfCpus } from "../../model/values/topology.ts";
import { countIoThreads } from "../cpus/guestPins.ts";
import { readOverlaps } from "../cpus/ledger.ts";
import { findNewFeatures } from "./features.ts";
import * as devices from "./lintDevices.ts";
import type { LintedDomain, LintFinding, LintHost, LintId, LintLevel } from "./lintTypes.ts";
import { lintSharedImages } from "./sharedImages.ts";
import type { Undecided } from "./undecided.ts";

export interface LintRow {
  readonly id: LintId;
  readonly level: Exclude<LintLevel, "off">;
  readonly title: string;
  readonly reason: string;
  readonly remedy: string;
  /**
   * The declarations that must be complete before the lint is reported, since another resource of the program
   * may still add to them. Omitted when the lint needs none.
   */
  readonly dependsOn?: Undecided;
  /**
   * Whether a preview also reports the lint for a new resource: no other resource of the domain can make it
   * false.
   */
  readonly isForNew?: true;
  readonly find: (domain: LintedDomain, host: LintHost) => readonly LintFinding[];
}

/** Lints: configurations that libvirt accepts although they are unwise, or that libvirt refuses too late. */
export const lintRows: readonly LintRow[] = [
  {
    id: "L1",
    level: "warning",
    title: "IO thread that nothing uses",
    reason: "A thread serves only the disks and controllers that name it; each costs about 8 MiB of memory.",
    remedy: "name it in a disk's or controller's ioThread, or leave it out",
    dependsOn: "devices",
    find: ({ definition }) => devices.findUnusedThreads(definition),
  },
  {
    id: "L2",
    level: "error",
    title: "IO thread on a bus without them",
    reason:
      "Only virtio disks and virtio-scsi controllers can have one; libvirt refuses the definition (9.0.0: IOThreads not available for bus sata).",
    remedy: "use bus virtio, or put the disk on a virtio-scsi controller that has the thread",
    find: ({ definition }) => devices.findWrongBus(definition),
  },
  {
    id: "L3",
    level: "error",
    title: "Broken mapping of queues to IO threads",
    reason:
      "A mapping stands alone, names each thread once, and either no queue or every queue from 0 to queues - 1 exactly once; libvirt and QEMU refuse others.",
    remedy: "drop ioThread beside ioThreads, give queues, and list every queue once",
    find: ({ definition }) => devices.findBrokenMappings(definition),
  },
  {
    id: "L4",
    level: "warning",
    title: "io='threads' together with an IO thread",
    reason: "Requests then leave the IO thread for QEMU's thread pool again, so that it changes little.",
    remedy: 'set cache "none" or "directsync" with io "native" or "io_uring"',
    dependsOn: "devices",
    find: ({ definition }) => devices.findPooledIo(definition),
  },
  {
    id: "L5",
    level: "warning",
    title: "More IO threads than the host can run",
    reason: "Beyond two threads per CPU they wait for each other, and polling makes each of them burn a CPU.",
    remedy: "let disks share threads, or move guests",
    find: ({ definition, cpus: own }, { topology, guests }) => {
      if (!devices.hasThreads(definition)) return [];
      const cpus = nodesOfCpus(topology).size;
      const ioThreads = countIoThreads(guests, own);
      const message = `${ioThreads} IO threads of running guests on ${cpus} CPUs, more than two per CPU`;
      return ioThreads > 2 * cpus ? [{ path: "", message }] : [];
    },
  },
  {
    id: "L6",
    level: "warning",
    title: "IO thread pinned onto a vCPU's CPU",
    reason:
      "They take turns on it: the guest stalls while its disk is served, and the disk while the guest runs.",
    remedy: "pin the IO thread to CPUs of the same NUMA node that carry no vcpupin",
    dependsOn: "pins",
    find: ({ cpus }, { topology, guests }) =>
      readOverlaps(topology, guests, cpus).map(({ message }) => ({ path: "cputune", message })),
  },
  {
    id: "L7",
    level: "info",
    title: "Running disk gets another IO thread",
    reason:
      "libvirt refuses it on a running guest: it takes detaching the disk for a moment, or the next boot.",
    remedy: 'wait for the next power cycle, or allow whenRunning "detach"',
    find: ({ definition, live }) => (live ? devices.findMovedDisks(definition, live) : []),
  },
  {
    id: "L8",
    level: "error",
    title: "Feature newer than the host",
    reason: "An older libvirt drops what it does not know without a word, and an older QEMU does not start.",
    remedy: "leave it out, or upgrade the host",
    find: ({ definition }, { libvirtVersion, qemuVersion }) =>
      findNewFeatures(definition, libvirtVersion, qemuVersion),
  },
  {
    id: "L9",
    level: "warning",
    title: "Busy disks on one IO thread",
    reason:
      "A disk with many requests starves the others of its thread (measured: 1.6 to 4 times fewer IOPS at depth 16 and 64). The definition does not tell how busy a disk is: io native or io_uring together with queues of 2 and more is taken for it.",
    remedy: "give each of them a thread of its own",
    dependsOn: "devices",
    find: ({ definition }) => devices.findCrowdedThreads(definition),
  },
  {
    id: "L10",
    level: "info",
    title: "Disk left on QEMU's main loop",
    reason: "The guest has IO threads, and this virtio disk still shares the main loop with everything else.",
    remedy: "set its ioThread, or that of its controller",
    dependsOn: "devices",
    find: ({ definition }) => devices.findLeftBehind(definition),
  },
  {
    id: "L11",
    level: "warning",
    title: "Image of two guests",
    reason:
      'Two guests that write to one image destroy what is on it. QEMU locks the image, so that the second one does not start, not even to read what another one writes (9.0.0: Failed to get shared "write" lock). CD-ROMs and floppies are left out, files below an overlay too; an image is known by its path, its pool and volume, or its server and name, as they are written.',
    remedy:
      "give each guest an image of its own, or set readonly in all of them, or shareable in all where the guests' file system is made for it",
    isForNew: true,
    find: ({ definition, declaredDisks = null }, { uses = [] }) =>
      lintSharedImages(definition, uses, declaredDisks),
  },
  {
    id: "L12",
    level: "warning",
    title: "Guest that starts with its host, on a pool that does not",
    reason:
      "libvirt starts no guest whose disk is a volume of a pool that is not active (9.0.0: storage pool is not active), so the guest stays off after the host's next boot. A disk that names the volume's path needs no pool.",
    remedy:
      "let the pool start too (StoragePool does that by default, or virsh pool-autostart), or name the volume's path as the disk's file",
    isForNew: true,
    find: ({ definition, autostart }, { poolsOff }) =>
      autostart && poolsOff ? devices.findPoolsOff(definition, poolsOff) : [],
  },
];
