import { diskSource } from "./diskSource.ts";
import type { Fields, ValueType } from "./field.ts";
import { count, flag, listOf, oneOf } from "./field.ts";
import { bandwidth } from "./tuning.ts";

/**
 * The IO threads that share a device's virtqueues. Disks: libvirt ≥ 10.0 with QEMU ≥ 9.0; virtio-scsi: libvirt ≥ 11.2
 * with QEMU ≥ 10.0.
 */
export const ioThreadMapping: ValueType = listOf({
  kind: "object",
  name: "IoThreadMapping",
  fields: {
    id: { type: count(1), xml: "@id", required: true, description: "Id of an IO thread of this domain." },
    queues: {
      type: listOf({
        kind: "object",
        name: "QueueRef",
        fields: {
          id: {
            type: count(0, 65535),
            xml: "@id",
            required: true,
            description: "Number of a virtqueue, from 0 to `queues` - 1.",
          },
        },
      }),
      xml: "queue",
      description:
        "Virtqueues that this thread serves. Default: QEMU deals all of them out in turn; then no other entry may name any.",
    },
  },
});

/** Arguments of a disk on any bus. */
const diskFields: Fields = {
  source: {
    type: diskSource,
    xml: ".",
    description: "What the guest sees as this disk.",
  },
  format: {
    type: oneOf("raw", "qcow2", "qed", "vmdk", "vdi", "vpc", "luks"),
    xml: "driver/@type",
    description: 'Format of the image. Default: libvirt takes "raw" and never looks.',
  },
  cache: {
    type: oneOf("default", "none", "writethrough", "writeback", "directsync", "unsafe"),
    xml: "driver/@cache",
    description: "Caching on the host. Default: QEMU's default, writeback.",
  },
  io: {
    type: oneOf("threads", "native", "io_uring"),
    xml: "driver/@io",
    description: 'How the host does asynchronous IO. "native" needs cache "none" or "directsync".',
  },
  discard: {
    type: oneOf("ignore", "unmap"),
    xml: "driver/@discard",
    description: 'Whether the guest\'s discards reach the storage. Default: "ignore".',
  },
  detectZeroes: {
    type: oneOf("off", "on", "unmap"),
    xml: "driver/@detect_zeroes",
    description: 'Whether writes of zeroes are made cheaper. Default: "off".',
  },
  serial: {
    type: { kind: "string", pattern: /^[A-Za-z0-9 _.+-]+$/, expected: "letters, digits and _.+-" },
    xml: "serial",
    description: "Serial number that the guest sees, at most 20 characters for virtio.",
  },
  readonly: {
    type: flag,
    xml: "readonly",
    description: "The guest may not write. Default: it may.",
  },
  shareable: {
    type: flag,
    xml: "shareable",
    description: "Several guests may have this disk at once.",
  },
  bootOrder: {
    type: count(1, 2147483647),
    xml: "boot/@order",
    description: "Place in the boot order, from 1. Cannot stand together with a domain's `bootDevices`.",
  },
  ioTune: {
    type: bandwidth,
    xml: "iotune",
    description: "Limits of throughput, enforced by QEMU.",
  },
};

/** Arguments of virtio disks only. */
const virtioFields: Fields = {
  queues: {
    type: count(1, 65535),
    xml: "driver/@queues",
    description: "Virtqueues of the disk. Default: QEMU gives one per vCPU.",
  },
  queueSize: {
    type: count(2, 65536),
    xml: "driver/@queue_size",
    description: "Entries per virtqueue, a power of two. Default: 256.",
  },
  ioThread: {
    type: count(1),
    xml: "driver/@iothread",
    description:
      "Id of the IO thread that serves this disk; an id of this domain. Default: QEMU's main loop serves it.",
  },
  ioThreads: {
    type: ioThreadMapping,
    xml: "driver/iothreads/iothread",
    description:
      "Several IO threads for this disk's virtqueues, in place of `ioThread`. libvirt ≥ 10.0, QEMU ≥ 9.0.",
  },
};

/** The arguments of a `VirtioDisk`, except host and domain. */
export const virtioDiskFields: Fields = {
  target: {
    type: { kind: "string", pattern: /^vd[a-z]{1,3}$/, expected: 'a virtio target such as "vdb"' },
    xml: "target/@dev",
    implies: { "@device": "disk", "target/@bus": "virtio" },
    required: true,
    replaces: true,
    description:
      "Name by which libvirt knows the disk, from vda to vdzzz; the guest may call it otherwise. A new one makes a new disk.",
  },
  ...diskFields,
  ...virtioFields,
};

/** One item of a Domain's `disks`. */
export const disk: ValueType = {
  kind: "object",
  name: "Disk",
  fields: {
    target: {
      type: {
        kind: "string",
        pattern: /^(?:fd|hd|sd|vd|xvd|ubd)[a-z]{1,3}$/,
        expected: 'a target such as "vda" or "sda"',
      },
      xml: "target/@dev",
      required: true,
      description: "Name by which libvirt knows the disk.",
    },
    bus: {
      type: oneOf("virtio", "scsi", "sata", "ide", "usb", "fdc", "sd"),
      xml: "target/@bus",
      description: "Default: by the target's name, vd* virtio, sd* scsi, hd* ide.",
    },
    device: {
      type: oneOf("disk", "cdrom", "floppy", "lun"),
      xml: "@device",
      description: 'Default: "disk".',
    },
    ...diskFields,
    ...virtioFields,
  },
};
