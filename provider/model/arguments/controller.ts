import { ioThreadMapping } from "./disk.ts";
import type { Fields, ValueType } from "./field.ts";
import { count, oneOf, text } from "./field.ts";

const driver: Fields = {
  ioThread: {
    type: count(1),
    xml: "driver/@iothread",
    description: "Id of the IO thread that serves every disk on this controller. Default: QEMU's main loop.",
  },
  ioThreads: {
    type: ioThreadMapping,
    xml: "driver/iothreads/iothread",
    description:
      "Several IO threads for this controller's virtqueues, in place of `ioThread`. libvirt ≥ 11.2, QEMU ≥ 10.0.",
  },
  queues: {
    type: count(1, 65535),
    xml: "driver/@queues",
    description: "Request queues. Default: QEMU gives one per vCPU.",
  },
  cmdPerLun: {
    type: count(1),
    xml: "driver/@cmd_per_lun",
    description: "Most commands queued per disk. Default: 128.",
  },
  maxSectors: {
    type: count(1),
    xml: "driver/@max_sectors",
    description: "Most sectors per command. Default: 65535.",
  },
};

/** The arguments of a `VirtioScsiController`, except host and domain. */
export const virtioScsiControllerFields: Fields = {
  index: {
    type: count(0),
    xml: "@index",
    implies: { "@type": "scsi", "@model": "virtio-scsi" },
    required: true,
    replaces: true,
    description:
      "Number of the controller among the domain's SCSI controllers, from 0. A new one makes a new controller.",
  },
  model: {
    type: oneOf("virtio-scsi", "virtio-transitional", "virtio-non-transitional"),
    xml: "@model",
    description: 'Default: "virtio-scsi".',
  },
  ...driver,
};

/** One item of a Domain's `controllers`. */
export const controller: ValueType = {
  kind: "object",
  name: "Controller",
  fields: {
    type: {
      type: oneOf(
        "pci",
        "scsi",
        "sata",
        "ide",
        "usb",
        "virtio-serial",
        "fdc",
        "ccid",
        "xenbus",
        "isa",
        "nvme",
      ),
      xml: "@type",
      required: true,
      description: "Kind of controller.",
    },
    index: {
      type: count(0),
      xml: "@index",
      required: true,
      description: "Number among those of its kind, from 0.",
    },
    model: {
      type: text,
      xml: "@model",
      description:
        'Model in libvirt\'s words: "virtio-scsi", "pcie-root-port", "qemu-xhci" … Default: libvirt chooses.',
    },
    ...driver,
  },
};
