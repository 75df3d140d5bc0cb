import { attributeOf, elementsAt, textOf } from "../xml/read.ts";
import type { XmlElement } from "../xml/tree.ts";
import { parseCpuset, printCpuset } from "./cpuset.ts";

/** A host's CPUs by NUMA node, from `virsh capabilities`. CPU sets are in libvirt's notation: `0-3,8`. */
export interface Topology {
  readonly nodes: readonly NumaNode[];
}

export interface NumaNode {
  readonly id: number;
  /** Memory of the node in KiB; `null` when the host does not report it. */
  readonly memoryKiB: number | null;
  /** Online CPUs of the node. */
  readonly cpus: string;
  /** One set of CPUs per core; lists only cores with two or more CPUs. */
  readonly siblings: readonly string[];
}

/**
 * Reads `<host><topology>` of `virsh capabilities`, without offline CPUs when `onlineCpus` is given. Null when the host
 * reports no topology: see `flatTopology`.
 * @see measured on libvirt 9.0.0: qemu:///system and test:///default.
 */
export function parseTopology(
  capabilities: XmlElement,
  onlineCpus: readonly number[] | null = null,
): Topology | null {
  const isOnline = (cpu: number) => onlineCpus === null || onlineCpus.includes(cpu);
  const nodes = elementsAt(capabilities, "host/topology/cells/cell").map((cell): NumaNode => {
    const cpus = elementsAt(cell, "cpus/cpu");
    const ids = cpus.map((cpu) => Number(attributeOf(cpu, "id"))).filter(isOnline);
    const cores = new Set(
      cpus.map((cpu) => parseCpuset(attributeOf(cpu, "siblings") ?? "")).map((set) => printCpuset(set ?? [])),
    );
    const [memory] = elementsAt(cell, "memory");
    return {
      id: Number(attributeOf(cell, "id") ?? 0),
      memoryKiB: memory ? Number(textOf(memory)) : null,
      cpus: printCpuset(ids.toSorted((a, b) => a - b)),
      siblings: [...cores].filter((set) => /[,-]/.test(set)),
    };
  });
  // A node that has only memory has no CPUs to show or to pin to.
  const withCpus = nodes.filter((node) => node.cpus !== "");
  return withCpus.length > 0 ? { nodes: withCpus } : null;
}

/** Node → node → distance as the firmware reports it: 10 is the node itself, 20 about twice as far. */
export type Distances = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Reads `<distances>` of the cells; empty objects where the host reports none. */
export function parseDistances(capabilities: XmlElement): Distances {
  return Object.fromEntries(
    elementsAt(capabilities, "host/topology/cells/cell").map((cell) => [
      attributeOf(cell, "id") ?? "0",
      Object.fromEntries(
        elementsAt(cell, "distances/sibling").map((each) => [
          attributeOf(each, "id") ?? "0",
          Number(attributeOf(each, "value")),
        ]),
      ),
    ]),
  );
}

/** The topology of a host that reports none: one node with every online CPU. */
export function flatTopology(onlineCpus: readonly number[]): Topology {
  return { nodes: [{ id: 0, memoryKiB: null, cpus: printCpuset(onlineCpus), siblings: [] }] };
}

/**
 * CPUs of the host from `virsh nodeinfo`, which does not report their nodes: 0 to "CPU(s)" − 1. Empty when the text has
 * no such line.
 */
export function parseNodeInfo(text: string): number[] {
  const count = Number(/^CPU\(s\):\s*(\d+)/m.exec(text)?.[1] ?? 0);
  return Array.from({ length: count }, (_, cpu) => cpu);
}

/** CPU → id of its node. */
export function nodesOfCpus(topology: Topology): ReadonlyMap<number, number> {
  return new Map(
    topology.nodes.flatMap((node) => (parseCpuset(node.cpus) ?? []).map((cpu) => [cpu, node.id] as const)),
  );
}
