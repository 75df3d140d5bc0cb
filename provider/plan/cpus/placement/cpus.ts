import { parseCpuset } from "../../../model/values/cpuset.ts";
import type { Distances, NumaNode } from "../../../model/values/topology.ts";
import { nodesOfCpus } from "../../../model/values/topology.ts";
import type { GuestToPlace, HostCpus } from "./types.ts";

/** A host's CPUs, as needed to place threads. */
export interface CpuMap {
  readonly all: readonly number[];
  readonly nodes: readonly NumaNode[];
  readonly distances: Distances;
  /** CPU → the other CPUs of its core. */
  readonly siblings: ReadonlyMap<number, readonly number[]>;
  /** CPUs that vCPUs of any guest are confined to, stopped guests included. */
  readonly vcpus: ReadonlySet<number>;
  /** CPUs that emulators and IO threads of other guests are pinned to. */
  readonly taken: ReadonlySet<number>;
  /** Names of running guests that have a vCPU which may run on any CPU. */
  readonly floating: readonly string[];
}

/** Maps the CPUs of a host. `placed` are the guests to place: their current IO threads are ignored. */
export function mapCpus(host: HostCpus, placed: readonly GuestToPlace[]): CpuMap {
  const all = [...nodesOfCpus(host.topology).keys()].toSorted((a, b) => a - b);
  const confined = (cpus: string | null | undefined): number[] => {
    const set = (parseCpuset(cpus ?? "") ?? []).filter((cpu) => all.includes(cpu));
    return set.length === all.length ? [] : set;
  };
  const others = host.guests.filter(({ name }) => !placed.some((each) => each.name === name));
  const vcpus = new Set<number>();
  const floating = new Set<string>();
  for (const guest of [...others, ...placed]) {
    const isOff = "isActive" in guest && !guest.isActive;
    for (let id = 0; id < guest.vcpus; id++) {
      const set = confined(guest.vcpuPins[id] ?? guest.cpuset);
      for (const cpu of set) vcpus.add(cpu);
      if (set.length === 0 && !isOff) floating.add(guest.name);
    }
  }
  const taken = others.flatMap(({ emulatorPin, ioThreads }) =>
    [emulatorPin, ...Object.values(ioThreads)].flatMap((cpus) => confined(cpus)),
  );
  const cores = host.topology.nodes.flatMap(({ siblings }) => siblings.map((set) => parseCpuset(set) ?? []));
  return {
    all,
    nodes: host.topology.nodes,
    distances: host.distances,
    siblings: new Map(
      cores.flatMap((core) => core.map((cpu) => [cpu, core.filter((other) => other !== cpu)] as const)),
    ),
    vcpus,
    taken: new Set(taken),
    floating: [...floating],
  };
}

/** Nodes of the guest's memory if it is bound, else of its confined vCPUs. Empty when it may run anywhere. */
export function homeOf(map: CpuMap, guest: GuestToPlace): number[] {
  if (guest.memoryNodes !== null) return [...guest.memoryNodes];
  const ids = Array.from({ length: guest.vcpus }, (_, id) => id);
  const sets = ids.map((id) => parseCpuset(guest.vcpuPins[id] ?? guest.cpuset ?? ""));
  if (sets.some((set) => set === null || map.all.every((cpu) => set.includes(cpu)))) return [];
  const own = map.nodes.filter(({ cpus }) => {
    const node = parseCpuset(cpus) ?? [];
    return sets.some((set) => set?.some((cpu) => node.includes(cpu)));
  });
  return own.map(({ id }) => id);
}

/** Sorts the nodes by distance from `from`; at equal distance those of `home` come first, then by id. */
export function nearestNodes(map: CpuMap, from: readonly number[], home: readonly number[]): NumaNode[] {
  const distance = (to: number): number =>
    Math.min(...from.map((id) => map.distances[id]?.[to] ?? (id === to ? 10 : 20)));
  const strangeness = ({ id }: NumaNode): number => (home.includes(id) ? 0 : 1);
  return map.nodes.toSorted(
    (a, b) => distance(a.id) - distance(b.id) || strangeness(a) - strangeness(b) || a.id - b.id,
  );
}

/** Sorts CPUs in the order of use: whole cores without a vCPU first, and one thread per core before a second. */
export function spreadOverCores(map: CpuMap, cpus: readonly number[]): number[] {
  const siblingsOf = (cpu: number): readonly number[] => map.siblings.get(cpu) ?? [];
  const noise = (cpu: number): number => (siblingsOf(cpu).some((each) => map.vcpus.has(each)) ? 1 : 0);
  const rank = (cpu: number): number => siblingsOf(cpu).filter((each) => each < cpu).length;
  return cpus.toSorted((a, b) => noise(a) - noise(b) || rank(a) - rank(b) || a - b);
}
