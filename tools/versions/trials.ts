import type { Arguments } from "../../provider/model/arguments/field.ts";
import type { KindName } from "../../provider/model/arguments/kinds.ts";
import type { FeatureName } from "../../provider/plan/checks/features.ts";

/** A change to a running guest that is tried on a host. All trials of one guest are in force together at the end. */
export interface Trial {
  /** What a reader gets; also the key of its results. */
  readonly name: string;
  readonly kind: KindName;
  /** What is declared and applied before. Omitted for something new. */
  readonly from?: Arguments;
  readonly to: Arguments;
  /** The feature that the host must have. Omitted when every supported version has it. */
  readonly feature?: FeatureName;
}

/** Number of the IO threads that the guest has from its start. */
export const ownThreads = 4;

const ids = (...all: number[]) => all.map((id) => ({ id }));

/** `image` returns the path of an image on the host. */
export function trialsWith(image: (name: string) => string): readonly Trial[] {
  const disk = (target: string, more: Arguments): Arguments => ({
    target,
    source: { file: image(target) },
    ...more,
  });
  return [
    { name: "add an IO thread", kind: "IoThread", to: { ioThreadId: 9 } },
    {
      name: "pin an IO thread to CPUs",
      kind: "IoThreadPin",
      from: { ioThread: 1, cpuset: "0-1" },
      to: { ioThread: 1, cpuset: "0" },
    },
    {
      name: "thread pool of an IO thread (`threadPoolMin`, `threadPoolMax`)",
      kind: "IoThread",
      to: { ioThreadId: 1, threadPoolMin: 1, threadPoolMax: 8 },
      feature: "threadPool",
    },
    {
      name: "polling of an IO thread (`pollMaxNs`, `pollGrow`, `pollShrink`)",
      kind: "IoThread",
      to: { ioThreadId: 2, pollMaxNs: 16000, pollGrow: 4, pollShrink: 5 },
    },
    {
      name: "QEMU's default of polling again (`pollGrow: 0`, `pollShrink: 0`)",
      kind: "IoThread",
      from: { ioThreadId: 3, pollGrow: 4, pollShrink: 5 },
      to: { ioThreadId: 3, pollGrow: 0, pollShrink: 0 },
    },
    {
      name: "weight of polling (`pollWeight`)",
      kind: "IoThread",
      to: { ioThreadId: 4, pollWeight: 5 },
      feature: "pollWeight",
    },
    {
      name: "plug in a virtio disk on an IO thread",
      kind: "VirtioDisk",
      to: disk("vdb", { ioThread: 1 }),
    },
    {
      name: "limits of a virtio disk (`ioTune`)",
      kind: "VirtioDisk",
      from: disk("vdc", {}),
      to: disk("vdc", { ioTune: { totalIopsSec: 1000 } }),
    },
    {
      name: "another IO thread for a virtio disk",
      kind: "VirtioDisk",
      from: disk("vdd", { ioThread: 1 }),
      to: disk("vdd", { ioThread: 2 }),
    },
    {
      name: "plug in a virtio disk with its queues mapped to IO threads",
      kind: "VirtioDisk",
      to: disk("vde", { queues: 2, ioThreads: ids(1, 2) }),
      feature: "diskIoThreads",
    },
    {
      name: "another mapping of a virtio disk's queues",
      kind: "VirtioDisk",
      from: disk("vdf", { queues: 2, ioThreads: ids(1, 2) }),
      to: disk("vdf", { queues: 2, ioThreads: ids(3, 4) }),
      feature: "diskIoThreads",
    },
    {
      name: "plug in a virtio-scsi controller on an IO thread",
      kind: "VirtioScsiController",
      to: { index: 1, ioThread: 1 },
    },
    {
      name: "plug in a virtio-scsi controller with its queues mapped to IO threads",
      kind: "VirtioScsiController",
      to: { index: 2, queues: 2, ioThreads: ids(1, 2) },
      feature: "controllerIoThreads",
    },
  ];
}
