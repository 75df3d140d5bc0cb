import { controller } from "./controller.ts";
import { console, graphics, networkInterface, video } from "./devices.ts";
import { disk } from "./disk.ts";
import type { Fields } from "./field.ts";
import { count, listOf, oneOf, text } from "./field.ts";
import { ioThread } from "./ioThread.ts";
import { cpuTune, numaTune } from "./tuning.ts";

/** The arguments of a Domain that are part of its XML. */
export const domainFields: Fields = {
  name: {
    type: { kind: "string", pattern: /^[^/\n\t]+$/, expected: "a name without / and line breaks" },
    xml: "name",
    replaces: true,
    description:
      "Name of the domain on its host. Default: the `<name>` in `xml`. A new one makes a new domain, unless it was renamed so on the host.",
  },
  uuid: {
    type: {
      kind: "string",
      pattern: /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i,
      expected: "a UUID",
    },
    xml: "uuid",
    replaces: true,
    description: "UUID. Default: the one it has, or libvirt makes one. A new one makes a new domain.",
  },
  type: {
    type: oneOf("kvm", "qemu", "test", "hvf", "xen", "lxc"),
    xml: "@type",
    description: 'Hypervisor: "kvm", or "qemu" for emulation without KVM. Default for a new domain: "kvm".',
  },
  title: { type: text, xml: "title", description: "Short text for people." },
  description: { type: text, xml: "description", description: "Longer text for people." },
  memory: {
    type: { kind: "memory" },
    xml: "memory",
    description: 'Most memory the guest can have: "4 GiB", or a number of KiB. A new domain needs it.',
  },
  currentMemory: {
    type: { kind: "memory" },
    xml: "currentMemory",
    description: "Memory the guest has now, by its balloon driver. Default: all of `memory`.",
  },
  vcpus: {
    type: count(1, 65535),
    xml: "vcpu",
    description: "Most vCPUs the guest can have. Default for a new domain: 1.",
  },
  currentVcpus: {
    type: count(1, 65535),
    xml: "vcpu/@current",
    description: "vCPUs plugged now, up to `vcpus`. Default: all.",
  },
  cpuset: {
    type: { kind: "cpuset" },
    xml: "vcpu/@cpuset",
    description: "Host CPUs for all threads that have no pin of their own.",
  },
  arch: {
    type: text,
    xml: "os/type/@arch",
    description: "Architecture, such as x86_64 or aarch64. Default for a new domain: the host's.",
  },
  machine: {
    type: text,
    xml: "os/type/@machine",
    description:
      'Machine type, such as "q35" or "pc-q35-7.2"; an alias stays satisfied by the version that libvirt chose for it.',
  },
  firmware: {
    type: oneOf("bios", "efi"),
    xml: "os/@firmware",
    description: "Firmware that libvirt selects. Default: the machine's own.",
  },
  loader: {
    type: {
      kind: "object",
      name: "Loader",
      fields: {
        path: {
          type: text,
          xml: ".",
          required: true,
          description: "Path of the firmware image on the host.",
        },
        readonly: {
          type: { kind: "boolean", yes: "yes", no: "no" },
          xml: "@readonly",
          description: "Whether the guest may write to it.",
        },
        secure: {
          type: { kind: "boolean", yes: "yes", no: "no" },
          xml: "@secure",
          description: "Whether it enforces secure boot.",
        },
        type: { type: oneOf("rom", "pflash"), xml: "@type", description: 'Default: "rom".' },
      },
    },
    xml: "os/loader",
    description: "Firmware image given by hand.",
  },
  nvram: {
    type: text,
    xml: "os/nvram",
    description: "Path of the firmware's variable store.",
  },
  kernel: {
    type: text,
    xml: "os/kernel",
    description: "Path of a kernel on the host to boot directly.",
  },
  initrd: {
    type: text,
    xml: "os/initrd",
    description: "Path of an initial RAM disk on the host.",
  },
  cmdline: { type: text, xml: "os/cmdline", description: "Kernel's command line." },
  bootDevices: {
    type: listOf({
      kind: "object",
      name: "BootDevice",
      fields: {
        dev: {
          type: oneOf("hd", "cdrom", "network", "fd"),
          xml: "@dev",
          required: true,
          description: "Kind of device.",
        },
      },
    }),
    xml: "os/boot",
    description: "Kinds of device to boot from, in order. Cannot stand together with a device's `bootOrder`.",
  },
  cpu: {
    type: {
      kind: "object",
      name: "Cpu",
      fields: {
        mode: {
          type: oneOf("custom", "host-model", "host-passthrough", "maximum"),
          xml: "@mode",
          description: "How the guest's CPU is chosen.",
        },
        model: { type: text, xml: "model", description: 'Model for mode "custom".' },
        topology: {
          type: {
            kind: "object",
            name: "CpuTopology",
            fields: {
              sockets: { type: count(1), xml: "@sockets", required: true, description: "Sockets." },
              dies: { type: count(1), xml: "@dies", description: "Dies per socket. Default: 1." },
              cores: { type: count(1), xml: "@cores", required: true, description: "Cores per die." },
              threads: { type: count(1), xml: "@threads", required: true, description: "Threads per core." },
            },
          },
          xml: "topology",
          description: "Sockets × dies × cores × threads; their product is `vcpus`.",
        },
      },
    },
    xml: "cpu",
    description: "The guest's CPU. Default: libvirt's default.",
  },
  ioThreads: {
    type: { kind: "countOrList", max: 65536, countXml: "iothreads", of: ioThread },
    xml: "iothreadids/iothread",
    description:
      "IO threads: their number (ids from 1), or a list with ids. More threads on the domain, from `IoThread` resources or others, are left alone. One that a device uses can't be removed.",
  },
  cpuTune: {
    type: cpuTune,
    xml: "cputune",
    description: "Pins, schedulers and weights of the guest's threads.",
  },
  numaTune: {
    type: numaTune,
    xml: "numatune",
    description: "Host NUMA nodes for the guest's memory.",
  },
  disks: {
    type: listOf(disk),
    xml: "devices/disk",
    description: "Disks by target. Only virtio, SCSI and USB disks can come and go while the guest runs.",
  },
  controllers: {
    type: listOf(controller),
    xml: "devices/controller",
    description: "Controllers by type and index.",
  },
  interfaces: {
    type: listOf(networkInterface),
    xml: "devices/interface",
    description: "Network interfaces, by MAC address where given.",
  },
  graphics: {
    type: listOf(graphics),
    xml: "devices/graphics",
    description: "Graphical consoles.",
  },
  videos: {
    type: listOf(video),
    xml: "devices/video",
    description: "Video cards.",
  },
  consoles: {
    type: listOf(console),
    xml: "devices/console",
    description: "Text consoles.",
  },
};
