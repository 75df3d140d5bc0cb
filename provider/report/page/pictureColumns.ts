import { parseCpuset } from "../../model/values/cpuset.ts";
import type { Topology } from "../../model/values/topology.ts";
import type { GuestCpus } from "../../plan/cpus/guestCpus.ts";

/** Position of each CPU's column, relative to the first. */
export interface Columns {
  readonly x: ReadonlyMap<number, number>;
  /** Width of one column. */
  readonly step: number;
  /** Width of all columns, including gaps between nodes. */
  readonly width: number;
}

/**
 * Lays out CPUs by node and id, with a gap between nodes, in about the given width. Default: the width of a whole
 * picture.
 */
export function columnsOf(
  topology: Topology,
  sizes?: { readonly room: number; readonly gap: number },
): Columns {
  const nodes = topology.nodes.map((node) => parseCpuset(node.cpus) ?? []);
  const count = Math.max(
    1,
    nodes.reduce((sum, cpus) => sum + cpus.length, 0),
  );
  const [least, most] = sizes ? [1.5, 8] : [8, 22];
  const step = Math.max(least, Math.min(most, Math.floor(((sizes?.room ?? 900) / count) * 2) / 2));
  const gap = sizes?.gap ?? 16;
  const x = new Map<number, number>();
  let at = 0;
  for (const cpus of nodes) {
    for (const cpu of cpus) {
      x.set(cpu, at);
      at += step;
    }
    at += gap;
  }
  return { x, step, width: Math.max(0, at - gap) };
}

export interface Use {
  readonly vcpus: number;
  readonly ioThreads: number;
  /** Whether both a vCPU and an IO thread or emulator are pinned to the CPU. */
  readonly isOverlap: boolean;
}

/** Finds what is pinned to each CPU. A pin to all CPUs of the host counts as no pin. */
export function usesOf(columns: Columns, guests: readonly GuestCpus[]): ReadonlyMap<number, Use> {
  const count = (sets: readonly (string | null)[]) => {
    const found = new Map<number, number>();
    for (const cpus of sets.map((set) => parseCpuset(set ?? "") ?? [])) {
      if (cpus.length >= columns.x.size) continue;
      for (const cpu of cpus) found.set(cpu, (found.get(cpu) ?? 0) + 1);
    }
    return found;
  };
  const vcpus = count(guests.flatMap((guest) => Object.values(guest.vcpuPins)));
  const ioThreads = count(guests.flatMap((guest) => Object.values(guest.ioThreads)));
  const emulators = count(guests.map((guest) => guest.emulatorPin));
  return new Map(
    [...columns.x.keys()].map((cpu) => {
      const use = { vcpus: vcpus.get(cpu) ?? 0, ioThreads: ioThreads.get(cpu) ?? 0 };
      return [cpu, { ...use, isOverlap: use.vcpus > 0 && use.ioThreads + (emulators.get(cpu) ?? 0) > 0 }];
    }),
  );
}

/** Draws CPUs as one path, with neighbours as one bar. Empty when there are no CPUs. */
export function drawBars(
  kind: string,
  columns: Columns,
  cpus: readonly number[],
  place: { readonly from: number; readonly y: number; readonly height: number },
): string {
  const xs = cpus.flatMap((cpu) => columns.x.get(cpu) ?? []).sort((a, b) => a - b);
  const runs: [number, number][] = [];
  for (const x of xs) {
    const last = runs.at(-1);
    if (last && last[1] >= x) last[1] = x + columns.step;
    else runs.push([x, x + columns.step]);
  }
  const bars = runs.map(([from, to]) => {
    const width = to - from - 1;
    return `M${place.from + from + 0.5} ${place.y}h${width}v${place.height}h${-width}z`;
  });
  return bars.length === 0 ? "" : `<path class="${kind}" d="${bars.join("")}"/>`;
}
