import type { Field, Fields } from "./field.ts";
import { count, decimal, listOf, text } from "./field.ts";
import { hostArgument } from "./host.ts";

export type FunctionName =
  | "getHost"
  | "getDomain"
  | "listDomains"
  | "getIoThreads"
  | "getStoragePool"
  | "listVolumes";

/** A function by which a program reads something from a host: its inputs and its result. */
export interface HostFunction {
  readonly description: string;
  readonly inputs: Fields;
  readonly outputs: Fields;
}

const yes = { kind: "boolean", yes: "", no: "" } as const;
const nullable = { nullable: true } as const;
const host = { host: { ...hostArgument, description: "libvirt URI. Default: the provider's host." } };
const domain: Fields = {
  ...host,
  domain: { type: text, required: true, description: "Name of the domain." },
};

/** A size on a host. It may be too large for the integers of some languages. */
const bytes = (description: string): Field => ({ type: decimal, required: true, description });
const poolBytes = (what: string): Field => ({
  type: decimal,
  ...nullable,
  description: `Bytes that ${what}, as libvirt saw them last. Omitted while the pool is not active.`,
});

/** Fields that every result about a domain has. */
const summary: Record<string, Field> = {
  name: { type: text, required: true, description: "Name of the domain." },
  uuid: { type: text, required: true, description: "UUID of the domain." },
  state: { type: text, required: true, description: "Run state in libvirt's words: `running`, `shut off` …" },
  autostart: { type: yes, required: true, description: "Whether it starts with its host." },
  persistent: {
    type: yes,
    required: true,
    description: "Whether it has a definition that outlives its power.",
  },
};

const cpus: Field = {
  type: listOf(count()),
  required: true,
  description: "Ids of the online CPUs, ascending.",
};

export const functions: Readonly<Record<FunctionName, HostFunction>> = {
  getHost: {
    description:
      "What a libvirt host is: versions, CPUs, memory by NUMA node, and what its libvirt and QEMU can do.",
    inputs: host,
    outputs: {
      libvirtVersion: { type: text, required: true, description: "Version of libvirt's daemon: `9.0.0`." },
      qemuVersion: { type: text, required: true, description: "Version of QEMU." },
      arch: { type: text, required: true, description: "Architecture of the host: `x86_64`." },
      cpus,
      numaNodes: {
        type: listOf({
          kind: "object",
          name: "NumaNode",
          fields: {
            id: { type: count(), required: true, description: "Number of the node." },
            memoryKiB: { type: count(), required: true, description: "Its memory in KiB." },
            cpus: { type: listOf(count()), required: true, description: "Ids of its CPUs." },
          },
        }),
        required: true,
        description: "NUMA nodes of the host.",
      },
      domainTypes: {
        type: listOf(text),
        required: true,
        description: "Values of a Domain's `type` for the host's own architecture: `kvm`, `qemu`.",
      },
      features: {
        type: {
          kind: "object",
          name: "HostFeatures",
          fields: {
            threadPool: {
              type: yes,
              required: true,
              description: "Thread pools of IO threads: libvirt ≥ 8.5 and QEMU ≥ 7.1.",
            },
            pollingInXml: {
              type: yes,
              required: true,
              description: "Polling that outlives a power cycle: libvirt ≥ 9.4.",
            },
            pollWeight: {
              type: yes,
              required: true,
              description: "The weight of polling: libvirt ≥ 12.7 and QEMU ≥ 11.1.",
            },
            diskIoThreads: {
              type: yes,
              required: true,
              description: "Several IO threads per virtio disk: libvirt ≥ 10.0 and QEMU ≥ 9.0.",
            },
            controllerIoThreads: {
              type: yes,
              required: true,
              description: "Several IO threads per virtio-scsi controller: libvirt ≥ 11.2 and QEMU ≥ 10.0.",
            },
          },
        },
        required: true,
        description: "What this host's libvirt and QEMU can do.",
      },
    },
  },
  getDomain: {
    description: "One domain as it is.",
    inputs: domain,
    outputs: {
      ...summary,
      xml: {
        type: text,
        required: true,
        description: "Its persistent definition, with security info: secret.",
      },
      liveXml: {
        type: text,
        ...nullable,
        description: "XML of the running guest, with security info: secret. Omitted when it does not run.",
      },
    },
  },
  listDomains: {
    description: "All domains of a host, by name.",
    inputs: host,
    outputs: {
      domains: {
        type: listOf({ kind: "object", name: "DomainSummary", fields: summary }),
        required: true,
        description: "Sorted by name.",
      },
    },
  },
  getIoThreads: {
    description: "The IO threads of a domain, with what the kernel and QEMU say of those of a running guest.",
    inputs: domain,
    outputs: {
      ioThreads: {
        type: listOf({
          kind: "object",
          name: "IoThreadFacts",
          fields: {
            id: { type: count(1), required: true, description: "Id within the domain." },
            threadId: {
              type: count(1),
              ...nullable,
              description: "The kernel's id of the thread. Default: off.",
            },
            cpusAllowed: { type: text, ...nullable, description: "CPUs that the kernel allows it: `0-1`." },
            pollMaxNs: { type: count(), ...nullable, description: "Longest busy polling in nanoseconds." },
            pollGrow: { type: count(), ...nullable, description: "Factor by which polling grows." },
            pollShrink: { type: count(), ...nullable, description: "Divisor by which polling shrinks." },
            pollWeight: {
              type: count(),
              ...nullable,
              description: "Weight of polling; omitted before libvirt 12.7 and QEMU 11.1.",
            },
            usedBy: {
              type: listOf(text),
              required: true,
              description:
                "Disks by target and controllers by type and index that it serves: `vdb`, `scsi 0`.",
            },
          },
        }),
        required: true,
        description: "Sorted by id; of the running guest, or of the definition when it is off.",
      },
    },
  },
  getStoragePool: {
    description: "One storage pool of any type as it is.",
    inputs: { ...host, name: { type: text, required: true, description: "Name of the pool." } },
    outputs: {
      name: { type: text, required: true, description: "Name of the pool." },
      uuid: { type: text, required: true, description: "UUID of the pool." },
      type: { type: text, required: true, description: "libvirt's name of its type: `dir`, `logical` …" },
      path: {
        type: text,
        ...nullable,
        description: "Folder of its volumes. Omitted for a type without one, such as `rbd`.",
      },
      active: { type: yes, required: true, description: "Whether it is started." },
      autostart: { type: yes, required: true, description: "Whether it starts with its host." },
      capacityBytes: poolBytes("it holds at most"),
      allocationBytes: poolBytes("are taken"),
      availableBytes: poolBytes("are free"),
    },
  },
  listVolumes: {
    description:
      "All volumes of an active storage pool, by name. A file that somebody put into its folder is listed once libvirt has looked there again (`virsh pool-refresh`).",
    inputs: { ...host, pool: { type: text, required: true, description: "Name of the pool." } },
    outputs: {
      volumes: {
        type: listOf({
          kind: "object",
          name: "VolumeSummary",
          fields: {
            name: { type: text, required: true, description: "Name in its pool." },
            path: { type: text, required: true, description: "Absolute path on the host." },
            format: { type: text, required: true, description: "libvirt's name of its format: `qcow2`." },
            capacityBytes: bytes("Bytes that a guest sees."),
            allocationBytes: bytes("Bytes that it takes on the host."),
            backingPath: {
              type: text,
              ...nullable,
              description: "Path of the image below it. Omitted when there is none.",
            },
          },
        }),
        required: true,
        description: "Sorted by name.",
      },
    },
  },
};
