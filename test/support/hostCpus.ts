import { flatTopology, parseDistances, parseTopology } from "../../provider/model/values/topology.ts";
import { parseXml } from "../../provider/model/xml/parse.ts";
import type { GuestCpus } from "../../provider/plan/cpus/guestCpus.ts";
import type { DeviceToPlace, GuestToPlace, HostCpus } from "../../provider/plan/cpus/placement/types.ts";

export interface HostShape {
  readonly nodes: number;
  /** Number of cores in each node. */
  readonly cores: number;
  readonly threadsPerCore: 1 | 2;
  /**
   * Whether the firmware numbers the second threads of all cores after all first threads, as most servers do.
   * Default: the threads of a core have consecutive numbers.
   */
  readonly isInterleaved?: boolean;
}

/** Prints the `<topology>` from `virsh capabilities` of such a host. */
export function printCapabilities({ nodes, cores, threadsPerCore, isInterleaved }: HostShape): string {
  const cell = (node: number): string => {
    const cpus = Array.from({ length: cores }, (_, core) => {
      const at = node * cores + core;
      const ids = isInterleaved
        ? Array.from({ length: threadsPerCore }, (_, thread) => at + thread * nodes * cores)
        : Array.from({ length: threadsPerCore }, (_, thread) => at * threadsPerCore + thread);
      return ids.map(
        (id) =>
          `<cpu id='${id}' socket_id='${Math.floor(node / 2)}' die_id='0' core_id='${core}' siblings='${ids.join(",")}'/>`,
      );
    }).flat();
    // Two nodes in one socket are closer to each other than to nodes in other sockets.
    const distances = Array.from(
      { length: nodes },
      (_, other) =>
        `<sibling id='${other}' value='${other === node ? 10 : Math.floor(other / 2) === Math.floor(node / 2) ? 12 : 32}'/>`,
    );
    return `<cell id='${node}'><memory unit='KiB'>16777216</memory><distances>${distances.join("")}</distances><cpus num='${cpus.length}'>${cpus.join("")}</cpus></cell>`;
  };
  const cells = Array.from({ length: nodes }, (_, node) => cell(node));
  return `<capabilities><host><topology><cells num='${nodes}'>${cells.join("")}</cells></topology></host></capabilities>`;
}

export function hostOf(shape: HostShape, more: Partial<HostCpus> = {}): HostCpus {
  const capabilities = parseXml(printCapabilities(shape));
  return {
    topology: parseTopology(capabilities) ?? flatTopology([]),
    distances: parseDistances(capabilities),
    guests: [],
    diskNodes: {},
    ...more,
  };
}

export function device(name: string, more: Partial<DeviceToPlace> = {}): DeviceToPlace {
  return { name, node: null, queues: null, isSequential: false, ...more };
}

/** `pins` starts with the pin of vCPU 0. */
export function toPlace(
  name: string,
  vcpus: number,
  devices: readonly DeviceToPlace[],
  pins: readonly (number | string)[] = [],
): GuestToPlace {
  const vcpuPins = Object.fromEntries(pins.map((cpus, id) => [String(id), String(cpus)]));
  return { name, vcpus, vcpuPins, cpuset: null, memoryNodes: null, devices };
}

export function onHost(name: string, vcpus: number, more: Partial<GuestCpus> = {}): GuestCpus {
  const none = { cpuset: null, vcpuPins: {}, emulatorPin: null, ioThreads: {}, disks: {} };
  return { name, isActive: true, vcpus, numaCells: 0, ...none, ...more };
}
