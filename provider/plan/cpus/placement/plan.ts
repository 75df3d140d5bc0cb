import { counted } from "../../../model/values/counted.ts";
import { parseCpuset } from "../../../model/values/cpuset.ts";
import { mapCpus } from "./cpus.ts";
import { claimCpus, pinClaims } from "./pins.ts";
import { planThreads } from "./threads.ts";
import type { GuestToPlace, HostCpus, Placement, PlacementWish } from "./types.ts";

/**
 * Plans IO threads for the disks of one host's guests, and CPUs for the threads, by the rules of rules.ts. Returns
 * placements by guest name. With its own pins in force, it returns the same plan again.
 */
export function planPlacement(
  host: HostCpus,
  guests: readonly GuestToPlace[],
  wish: PlacementWish,
): Record<string, Placement> {
  const map = mapCpus(host, guests);
  const set = parseCpuset(wish.ioCpus ?? "") ?? map.all;
  const free = set.filter((cpu) => map.all.includes(cpu) && !map.vcpus.has(cpu)).length;
  const cpus =
    free > 0
      ? { count: free, words: `${counted(free, "CPU")} for IO` }
      : { count: map.all.length, words: `no CPU without vCPUs, ${counted(map.all.length, "CPU")} in all` };
  const made = guests.map((guest) => {
    const threads = planThreads(guest, cpus, wish.maxThreads, host);
    return { threads, claims: claimCpus(map, guest, threads, wish.ioCpus) };
  });
  const claims = made.flatMap((each) => each.claims);
  const pins = new Map(pinClaims(map, claims, wish).map((pin, index) => [claims[index], pin]));
  return Object.fromEntries(
    guests.map(({ name }, index): [string, Placement] => {
      const { threads, claims: own } = made[index] ?? { threads: null, claims: [] };
      const reasons = own.flatMap((claim) => pins.get(claim)?.reasons ?? []);
      return [
        name,
        {
          ioThreads: own.map((claim) => ({ id: claim.id, cpuset: pins.get(claim)?.cpuset ?? null })),
          devices: threads?.devices ?? {},
          ...(threads && Object.keys(threads.mappings).length > 0 ? { mappings: threads.mappings } : {}),
          reasons: [...(threads?.reasons ?? []), ...withoutDoubles(reasons)],
        },
      ];
    }),
  );
}

function withoutDoubles<T extends { readonly text: string }>(reasons: readonly T[]): T[] {
  return [...new Map(reasons.map((each) => [each.text, each])).values()];
}
