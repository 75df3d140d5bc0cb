import type { ValueType } from "./field.ts";
import { count, listOf, oneOf } from "./field.ts";

const large = count(0, Number.MAX_SAFE_INTEGER);

/** `<iotune>`: bytes or requests per second. libvirt takes either a total or read and write for each unit. */
export const bandwidth: ValueType = {
  kind: "object",
  name: "IoTune",
  fields: {
    totalBytesSec: {
      type: large,
      xml: "total_bytes_sec",
      description: "Bytes per second, reads and writes together. 0: no limit.",
    },
    readBytesSec: { type: large, xml: "read_bytes_sec", description: "Bytes read per second. 0: no limit." },
    writeBytesSec: {
      type: large,
      xml: "write_bytes_sec",
      description: "Bytes written per second. 0: no limit.",
    },
    totalIopsSec: {
      type: large,
      xml: "total_iops_sec",
      description: "Requests per second, reads and writes together. 0: no limit.",
    },
    readIopsSec: { type: large, xml: "read_iops_sec", description: "Reads per second. 0: no limit." },
    writeIopsSec: { type: large, xml: "write_iops_sec", description: "Writes per second. 0: no limit." },
  },
};

const scheduler = {
  type: oneOf("batch", "idle", "fifo", "rr"),
  xml: "@scheduler",
  description: "Scheduling policy of the kernel.",
} as const;
const priority = {
  type: count(1, 99),
  xml: "@priority",
  description: 'Real-time priority; needed with "fifo" and "rr".',
} as const;

/** `<cputune>` of a Domain. */
export const cpuTune: ValueType = {
  kind: "object",
  name: "CpuTune",
  fields: {
    shares: {
      type: count(1, 262144),
      xml: "shares",
      description: "Weight of the guest against others.",
    },
    vcpuPins: {
      type: listOf({
        kind: "object",
        name: "VcpuPin",
        fields: {
          vcpu: { type: count(0), xml: "@vcpu", required: true, description: "Number of the vCPU, from 0." },
          cpuset: {
            type: { kind: "cpuset" },
            xml: "@cpuset",
            required: true,
            description: "Host CPUs on which it may run.",
          },
        },
      }),
      xml: "vcpupin",
      description: "Host CPUs per vCPU.",
    },
    emulatorPin: {
      type: { kind: "cpuset" },
      xml: "emulatorpin/@cpuset",
      description: "Host CPUs for QEMU's main loop and helpers.",
    },
    ioThreadPins: {
      type: listOf({
        kind: "object",
        name: "DomainIoThreadPin",
        fields: {
          ioThread: {
            type: count(1),
            xml: "@iothread",
            required: true,
            description: "Id of an IO thread of this domain.",
          },
          cpuset: {
            type: { kind: "cpuset" },
            xml: "@cpuset",
            required: true,
            description: "Host CPUs on which it may run.",
          },
        },
      }),
      xml: "iothreadpin",
      description: "Host CPUs per IO thread. The same as separate `IoThreadPin` resources.",
    },
    vcpuScheds: {
      type: listOf({
        kind: "object",
        name: "VcpuSched",
        fields: {
          vcpus: {
            type: { kind: "cpuset", members: "vCPUs" },
            xml: "@vcpus",
            required: true,
            description: "vCPUs meant.",
          },
          scheduler,
          priority,
        },
      }),
      xml: "vcpusched",
      description: "Scheduling policy per vCPU.",
    },
    ioThreadScheds: {
      type: listOf({
        kind: "object",
        name: "IoThreadSched",
        fields: {
          ioThreads: {
            type: { kind: "cpuset", members: "IO threads" },
            xml: "@iothreads",
            required: true,
            description: "IO threads meant.",
          },
          scheduler,
          priority,
        },
      }),
      xml: "iothreadsched",
      description: "Scheduling policy per IO thread.",
    },
  },
};

/** `<numatune>` of a Domain. */
export const numaTune: ValueType = {
  kind: "object",
  name: "NumaTune",
  fields: {
    mode: {
      type: oneOf("strict", "preferred", "interleave", "restrictive"),
      xml: "memory/@mode",
      description: 'Default: "strict".',
    },
    nodeset: {
      type: { kind: "cpuset", members: "NUMA nodes" },
      xml: "memory/@nodeset",
      description: "Host NUMA nodes from which the guest's memory is taken.",
    },
  },
};
