import { parseCpuset } from "../../model/values/cpuset.ts";
import type { GuestCpus } from "../../plan/cpus/guestCpus.ts";
import { htmlText } from "../comment/markdownText.ts";
import { shortened } from "../words.ts";
import type { Columns } from "./pictureColumns.ts";
import { drawBars } from "./pictureColumns.ts";

export const rowHeight = 24;
const lanes = { vcpu: { y: 3, height: 8 }, io: { y: 12, height: 8 }, emulator: { y: 21, height: 2 } };

interface Sets {
  /** CPUs of sets that at least as many vCPUs are pinned to as the set has CPUs. */
  readonly vcpus: readonly number[];
  /** CPUs that vCPUs float over. */
  readonly vcpusFloating: readonly number[];
  readonly ioThreads: readonly number[];
  readonly ioThreadsFloating: readonly number[];
  readonly emulator: readonly number[];
}

/** Draws a guest's row. `y` is its top, `from` the left of the first column. */
export function drawGuest(
  columns: Columns,
  guest: GuestCpus,
  overlaps: ReadonlySet<number>,
  place: { readonly from: number; readonly y: number; readonly width: number },
): string {
  const { from, y, width } = place;
  const sets = setsOf(columns, guest);
  const bars = (kind: string, { y: at, height }: { y: number; height: number }, cpus: readonly number[]) =>
    drawBars(kind, columns, cpus, { from, y: y + at, height });
  const { io } = lanes;
  const frame = { y: io.y - 1, height: lanes.emulator.y + lanes.emulator.height - io.y + 1 };
  const crossed = [...sets.ioThreads, ...sets.emulator].filter((cpu) => overlaps.has(cpu));
  return [
    `<g class="guest${guest.isActive ? "" : " off"}" data-guest="${htmlText(guest.name.toLowerCase())}"><title>${htmlText(titleOf(guest))}</title>`,
    `<path class="line" d="M6 ${y + rowHeight}H${width - 6}"/>`,
    `<text class="name" x="10" y="${y + 16}">${htmlText(shortened(guest.name, 19))}</text>`,
    bars("vcpu floating", lanes.vcpu, sets.vcpusFloating),
    bars("vcpu", lanes.vcpu, sets.vcpus),
    bars("io floating", io, sets.ioThreadsFloating),
    bars("io", io, sets.ioThreads),
    bars("emulator", lanes.emulator, sets.emulator),
    bars("overlap-mark", frame, crossed),
    ...threadIds(columns, guest, from, y + io.y + 7),
    `<text class="disks" x="${from + columns.width + 12}" y="${y + 16}">${htmlText(shortened(disksText(guest), 62))}</text></g>`,
  ].join("");
}

function setsOf(columns: Columns, guest: GuestCpus): Sets {
  const parse = (set: string | null | undefined) => {
    const cpus = parseCpuset(set ?? "") ?? [];
    return cpus.length >= columns.x.size ? [] : cpus;
  };
  const pool = parse(guest.cpuset);
  const bySet = new Map<string, number>();
  for (const set of Object.values(guest.vcpuPins)) bySet.set(set, (bySet.get(set) ?? 0) + 1);
  const groups = [...bySet].map(([set, count]) => ({ cpus: parse(set), count }));
  const vcpus = groups.filter(({ cpus, count }) => cpus.length <= count).flatMap(({ cpus }) => cpus);
  const wide = groups.filter(({ cpus, count }) => cpus.length > count).flatMap(({ cpus }) => cpus);
  const isAnyFree = Object.keys(guest.vcpuPins).length < guest.vcpus;
  const threads = Object.values(guest.ioThreads);
  const without = (cpus: readonly number[], taken: readonly number[]) => {
    const gone = new Set(taken);
    return [...new Set(cpus)].filter((cpu) => !gone.has(cpu));
  };
  const ioThreads = [...new Set(threads.flatMap(parse))];
  return {
    vcpus: [...new Set(vcpus)],
    vcpusFloating: without([...wide, ...(isAnyFree ? pool : [])], vcpus),
    ioThreads,
    ioThreadsFloating: threads.includes(null) ? without(pool, ioThreads) : [],
    emulator: parse(guest.emulatorPin),
  };
}

/** Draws the id on the first CPU of each pinned thread, if columns are wide enough. */
function threadIds(columns: Columns, guest: GuestCpus, from: number, y: number): string[] {
  if (columns.step < 12) return [];
  return Object.entries(guest.ioThreads).flatMap(([id, set]) => {
    const cpus = parseCpuset(set ?? "") ?? [];
    const x = columns.x.get(cpus[0] ?? -1);
    if (x === undefined || cpus.length >= columns.x.size || id.length > 2) return [];
    return [`<text class="io-id" x="${from + x + columns.step / 2}" y="${y}">${htmlText(id)}</text>`];
  });
}

/** Prints which thread serves which disks, such as `io1 (CPU 4) → vda, vdb · main loop → vdc`. */
function disksText(guest: GuestCpus): string {
  const disks = Object.entries(guest.disks);
  const own = Object.entries(guest.ioThreads).map(([id, set]) => {
    const served = disks.filter(([, ids]) => ids?.split(",").includes(id)).map(([target]) => target);
    return `io${id} (${where(guest, set)}) → ${served.join(", ") || "nothing"}`;
  });
  const main = disks.filter(([, ids]) => ids === null).map(([target]) => target);
  return [...own, ...(main.length > 0 ? [`main loop → ${main.join(", ")}`] : [])].join(" · ");
}

function titleOf(guest: GuestCpus): string {
  const pins = Object.entries(guest.vcpuPins).map(([vcpu, cpus]) => `vCPU ${vcpu}: CPU ${cpus}`);
  const free = guest.vcpus - pins.length;
  return [
    `${guest.name}${guest.isActive ? "" : " (shut off)"}: ${guest.vcpus} vCPUs${free > 0 ? `, ${free} on ${where(guest, null)}` : ""}`,
    ...pins,
    ...(guest.emulatorPin === null ? [] : [`emulator: CPU ${guest.emulatorPin}`]),
    ...Object.entries(guest.ioThreads).map(([id, set]) => `IO thread ${id}: ${where(guest, set)}`),
    disksText(guest),
  ].join("\n");
}

function where(guest: GuestCpus, set: string | null): string {
  const cpus = set ?? guest.cpuset;
  return cpus === null ? "any CPU" : `CPU ${cpus}`;
}
