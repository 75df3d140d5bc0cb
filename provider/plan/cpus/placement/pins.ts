import { ownOf } from "../../../model/table.ts";
import { parseCpuset, printCpuset } from "../../../model/values/cpuset.ts";
import type { CpuMap } from "./cpus.ts";
import { homeOf, nearestNodes, spreadOverCores } from "./cpus.ts";
import type { Reason } from "./rules.ts";
import { reason } from "./rules.ts";
import type { Threads } from "./threads.ts";
import type { GuestToPlace, PlacementWish } from "./types.ts";

/** On hosts with at most this many CPUs the kernel places threads better than pins do. */
const fewCpus = 2;

/** A thread of a guest, and the CPUs that it may be placed on. */
export interface Claim {
  readonly guest: GuestToPlace;
  readonly id: number;
  /** Id of the NUMA node of these CPUs; `null` when they are from the whole host. */
  readonly node: number | null;
  /** The CPUs; empty when all of them carry vCPUs. */
  readonly cpus: readonly number[];
  /** Reason for these CPUs, in words. */
  readonly why: string;
}

/** Finds the CPUs that each thread of a guest may have, by rule P5. */
export function claimCpus(
  map: CpuMap,
  guest: GuestToPlace,
  threads: Threads,
  ioCpus: string | null,
): Claim[] {
  const wanted = parseCpuset(ioCpus ?? "");
  const isFree = (cpu: number): boolean => !map.vcpus.has(cpu) && (wanted?.includes(cpu) ?? true);
  const home = homeOf(map, guest);
  return Array.from({ length: threads.count }, (_, index): Claim => {
    const id = index + 1;
    const device = guest.devices.find(
      ({ name, node }) => threadsOf(threads, name).includes(id) && node !== null,
    );
    const near = device?.node ?? null;
    const from = near !== null ? [near] : home;
    const of = near !== null ? `of ${device?.name}'s device` : "of the guest";
    if (from.length === 0 || map.nodes.length === 1)
      return { guest, id, node: null, cpus: map.all.filter(isFree), why: "" };
    const nodes = nearestNodes(map, from, home);
    const node = nodes.find(({ cpus }) => parseCpuset(cpus)?.some(isFree));
    const cpus = (parseCpuset(node?.cpus ?? "") ?? []).filter(isFree);
    const why = from.includes(node?.id ?? -1)
      ? `node ${node?.id}, ${of}`
      : `node ${node?.id}, the nearest to node ${from.join(" and ")} ${of} that has CPUs without vCPUs`;
    return { guest, id, node: node?.id ?? null, cpus, why };
  });
}

/** Ids of the threads that serve a device. */
function threadsOf({ devices, mappings }: Threads, name: string): readonly (number | undefined)[] {
  return ownOf(mappings, name)?.ioThreads ?? [ownOf(devices, name)];
}

interface Allotment {
  readonly own: ReadonlyMap<Claim, number>;
  readonly sets: ReadonlyMap<Claim, readonly number[]>;
}

export interface Pin {
  readonly cpuset: string | null;
  readonly reasons: readonly Reason[];
}

/** Pins all threads of a host together: whether a CPU is exclusive depends on all of them. */
export function pinClaims(map: CpuMap, claims: readonly Claim[], wish: PlacementWish): Pin[] {
  const unpinned = (rule: "P5" | "P6", text: string): Pin => ({
    cpuset: null,
    reasons: [reason(rule, text)],
  });
  if (map.all.length <= fewCpus && wish.ioCpus === null) {
    const text = `no pins: the host has ${map.all.length === 1 ? "one CPU" : `${map.all.length} CPUs`}`;
    return claims.map(() => unpinned("P6", text));
  }
  const { own, sets } = allot(map, claims, wish);
  return claims.map((claim): Pin => {
    const thread = `IO thread ${claim.id}`;
    if (claim.cpus.length === 0) {
      const where = wish.ioCpus === null ? "every CPU" : `every CPU of ioCpus ${wish.ioCpus} the host has`;
      return unpinned("P5", `${thread}: no pin, ${where} carries vCPUs`);
    }
    if (claim.cpus.length === map.all.length)
      return unpinned("P5", `${thread}: no pin, no vCPU is pinned and the disk's node is not known`);
    const at = claim.why === "" ? "off the CPUs that carry vCPUs" : claim.why;
    const cpu = own.get(claim);
    const set = cpu === undefined ? (sets.get(claim) ?? []) : [cpu];
    const cpuset = printCpuset(set);
    const sharing = wish.ioCpus === null && map.floating.length > 0 ? floats(map) : "more threads than CPUs";
    return {
      cpuset,
      reasons: [
        reason("P5", `${thread}: CPU ${cpuset}, ${at}`),
        reason(
          "P6",
          cpu === undefined
            ? `${thread}: a set, ${sharing}`
            : `${thread}: a CPU of its own, nothing else runs there`,
        ),
      ],
    };
  });
}

function floats({ floating }: CpuMap): string {
  const shown = floating.slice(0, 3).join(", ");
  return `vCPUs of ${floating.length > 3 ? `${shown} and ${floating.length - 3} more` : shown} may run on any CPU`;
}

/**
 * Gives each thread its own CPU if there are enough for all threads with the same claim and no vCPU can run there.
 * Other threads share the set that is left.
 */
function allot(map: CpuMap, claims: readonly Claim[], { ioCpus }: PlacementWish): Allotment {
  const own = new Map<Claim, number>();
  const sets = new Map<Claim, readonly number[]>(claims.map((claim) => [claim, claim.cpus]));
  if (ioCpus === null && map.floating.length > 0) return { own, sets };
  const used = new Set(map.taken);
  const pools = new Map<string, Claim[]>();
  for (const claim of claims) {
    const set = printCpuset(claim.cpus);
    pools.set(set, [...(pools.get(set) ?? []), claim]);
  }
  // Smaller sets first, as of one node: threads that may run anywhere take the rest.
  const bySize = [...pools.values()].toSorted((a, b) => (a[0]?.cpus.length ?? 0) - (b[0]?.cpus.length ?? 0));
  const sharing: Claim[] = [];
  for (const pool of bySize) {
    const free = spreadOverCores(map, pool[0]?.cpus ?? []).filter((cpu) => !used.has(cpu));
    if (free.length < pool.length) sharing.push(...pool);
    else
      for (const [index, claim] of pool.entries()) {
        const cpu = free[index] ?? -1;
        own.set(claim, cpu);
        used.add(cpu);
      }
  }
  for (const claim of sharing) {
    const given = new Set(own.values());
    const rest = claim.cpus.filter((cpu) => !given.has(cpu));
    if (rest.length > 0) sets.set(claim, rest);
    if (rest.length > 0) continue;
    // No CPU is left, so the threads that own CPUs of this set must share them.
    for (const [other, cpu] of own)
      if (claim.cpus.includes(cpu)) {
        own.delete(other);
        sharing.push(other);
      }
  }
  return { own, sets };
}
