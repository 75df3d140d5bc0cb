import { parseCpuset } from "../model/cpuset.ts";
import type { Topology } from "../model/topology.ts";
import type { GuestCpus } from "../plan/guestCpus.ts";
import { htmlText } from "./markdownText.ts";
import type { Columns } from "./pictureColumns.ts";
import { columnsOf, usesOf } from "./pictureColumns.ts";
import { shortened } from "./words.ts";

const row = { height: 24, vcpuY: 4, ioY: 13, laneHeight: 8 };
const left = 150;
const right = 470;
const top = 58;

/**
 * One host: a column per CPU, grouped by NUMA node, and a row per guest. Upper bars are vCPU pins, pale when vCPUs
 * float over more CPUs than they are; lower bars are IO threads. Hatched columns carry both. Classes only, no
 * colours: the page's style sheet knows them.
 */
export function drawHost(topology: Topology, guests: readonly GuestCpus[], title: string): string {
  const columns = columnsOf(topology);
  const uses = usesOf(columns, guests);
  const sorted = guests.toSorted(
    (a, b) => firstColumn(columns, a) - firstColumn(columns, b) || (a.name < b.name ? -1 : 1),
  );
  const height = top + Math.max(1, sorted.length) * row.height + 8;
  const width = left + columns.width + right;
  const overlaps = [...uses].filter(([, use]) => use.isOverlap).map(([cpu]) => cpu);
  return [
    `<svg class="host" role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><title>${htmlText(title)}</title>`,
    ...topology.nodes.map((node) => drawNode(columns, node.id, node.memoryKiB, node.cpus, height)),
    drawNumbers(columns),
    drawBars("overlap-band", columns, overlaps, 40, height - 40),
    ...sorted.map((guest, index) =>
      drawGuest(columns, guest, new Set(overlaps), top + index * row.height, width),
    ),
    "</svg>",
  ].join("");
}

/** The same host in one line: which CPUs carry vCPUs, IO threads, or both. */
export function drawStrip(topology: Topology, guests: readonly GuestCpus[]): string {
  const columns = columnsOf(topology, { room: 380, gap: 4 });
  const uses = usesOf(columns, guests);
  const cpus = (wanted: (use: { vcpus: number; ioThreads: number; isOverlap: boolean }) => boolean) =>
    [...uses].filter(([, use]) => wanted(use)).map(([cpu]) => cpu);
  return [
    `<svg class="strip" aria-hidden="true" width="${columns.width}" height="16" viewBox="0 0 ${columns.width} 16">`,
    drawBars("free", columns, [...columns.x.keys()], 2, 12, 1),
    drawBars(
      "vcpu",
      columns,
      cpus(({ vcpus }) => vcpus > 0),
      2,
      12,
      1,
    ),
    drawBars(
      "io",
      columns,
      cpus(({ ioThreads }) => ioThreads > 0),
      8,
      6,
      1,
    ),
    drawBars(
      "overlap-mark",
      columns,
      cpus(({ isOverlap }) => isOverlap),
      0,
      16,
      1,
    ),
    "</svg>",
  ].join("");
}

function firstColumn(columns: Columns, guest: GuestCpus): number {
  const sets = [...Object.values(guest.vcpuPins), ...Object.values(guest.ioThreads)];
  const found = sets
    .flatMap((set) => parseCpuset(set ?? "") ?? [])
    .map((cpu) => columns.x.get(cpu) ?? columns.width);
  return Math.min(columns.width * 2, ...found);
}

function drawNode(
  columns: Columns,
  id: number,
  memoryKiB: number | null,
  cpus: string,
  height: number,
): string {
  const xs = (parseCpuset(cpus) ?? []).map((cpu) => columns.x.get(cpu) ?? 0);
  const from = left + Math.min(...xs);
  const width = Math.max(...xs) - Math.min(...xs) + columns.step;
  const memory = memoryKiB === null ? "" : ` · ${Math.round(memoryKiB / 1024 ** 2)} GiB`;
  const text = shortened(`node ${id}${memory}`, Math.max(6, Math.floor(width / 6)));
  return `<rect class="node" x="${from - 3}" y="4" width="${width + 6}" height="${height - 8}" rx="5"/><text class="node-name" x="${from}" y="20">${text}</text>`;
}

function drawNumbers(columns: Columns): string {
  const every = columns.step >= 18 ? 1 : columns.step >= 10 ? 2 : 4;
  return [...columns.x]
    .filter(([cpu]) => cpu % every === 0)
    .map(([cpu, x]) => `<text class="cpu" x="${left + x + columns.step / 2}" y="36">${cpu}</text>`)
    .join("");
}

/** One path for any number of CPUs; neighbours are drawn as one bar. */
function drawBars(
  kind: string,
  columns: Columns,
  cpus: readonly number[],
  y: number,
  height: number,
  shift = left,
): string {
  const xs = cpus.flatMap((cpu) => columns.x.get(cpu) ?? []).sort((a, b) => a - b);
  const runs: [number, number][] = [];
  for (const x of xs) {
    const last = runs.at(-1);
    if (last && last[1] === x) last[1] = x + columns.step;
    else runs.push([x, x + columns.step]);
  }
  const d = runs
    .map(([from, to]) => `M${shift + from + 0.5} ${y}h${to - from - 1}v${height}h${from - to + 1}z`)
    .join("");
  return d === "" ? "" : `<path class="${kind}" d="${d}"/>`;
}

function drawGuest(
  columns: Columns,
  guest: GuestCpus,
  overlaps: ReadonlySet<number>,
  y: number,
  width: number,
): string {
  const bySet = new Map<string, string[]>();
  for (const [vcpu, set] of Object.entries(guest.vcpuPins)) bySet.set(set, [...(bySet.get(set) ?? []), vcpu]);
  const groups = [...bySet].map(([set, vcpus]) => ({ cpus: parseCpuset(set) ?? [], vcpus }));
  const isWhole = (cpus: readonly number[]) => cpus.length >= columns.x.size;
  const pinned = groups.filter(({ cpus }) => !isWhole(cpus));
  const own = pinned.filter(({ cpus, vcpus }) => cpus.length <= vcpus.length).flatMap(({ cpus }) => cpus);
  const floating = pinned.flatMap(({ cpus }) => cpus).filter((cpu) => !own.includes(cpu));
  const threads = Object.entries(guest.ioThreads).map(([id, set]) => ({
    id,
    cpus: parseCpuset(set ?? "") ?? [],
  }));
  const bound = threads.filter(({ cpus }) => !isWhole(cpus));
  const io = [...new Set(bound.flatMap(({ cpus }) => cpus))];
  const ids =
    columns.step < 12 ? [] : bound.filter(({ cpus }) => cpus.length > 0 && String(cpus.length).length < 3);
  const label = ({ id, cpus }: { id: string; cpus: readonly number[] }) => {
    const [first = 0] = cpus;
    const x = columns.x.get(first);
    return x === undefined
      ? ""
      : `<text class="io-id" x="${left + x + columns.step / 2}" y="${y + row.ioY + 7}">${htmlText(id)}</text>`;
  };
  return [
    `<g class="guest${guest.isActive ? "" : " off"}" data-guest="${htmlText(guest.name.toLowerCase())}"><title>${htmlText(guestTitle(guest))}</title>`,
    `<path class="line" d="M6 ${y + row.height}H${width - 6}"/>`,
    `<text class="name" x="10" y="${y + 16}">${htmlText(shortened(guest.name, 19))}</text>`,
    drawBars("vcpu floating", columns, [...new Set(floating)], y + row.vcpuY, row.laneHeight),
    drawBars("vcpu", columns, [...new Set(own)], y + row.vcpuY, row.laneHeight),
    drawBars("io", columns, io, y + row.ioY, row.laneHeight),
    drawBars(
      "overlap-mark",
      columns,
      io.filter((cpu) => overlaps.has(cpu)),
      y + row.ioY - 1,
      row.laneHeight + 2,
    ),
    ...ids.map(label),
    `<text class="disks" x="${left + columns.width + 12}" y="${y + 16}">${htmlText(shortened(disksText(guest), 68))}</text></g>`,
  ].join("");
}

/** `io1 → vda, vdb · main loop → vdc`. */
function disksText(guest: GuestCpus): string {
  const disks = Object.entries(guest.disks);
  const own = Object.entries(guest.ioThreads).map(([id, set]) => {
    const served = disks.filter(([, ids]) => ids?.split(",").includes(id)).map(([target]) => target);
    return `io${id} (${set === null ? "any CPU" : `CPU ${set}`}) → ${served.join(", ") || "nothing"}`;
  });
  const main = disks.filter(([, ids]) => ids === null).map(([target]) => target);
  return [...own, ...(main.length > 0 ? [`main loop → ${main.join(", ")}`] : [])].join(" · ");
}

function guestTitle(guest: GuestCpus): string {
  const pins = Object.entries(guest.vcpuPins).map(([vcpu, cpus]) => `vCPU ${vcpu}: CPU ${cpus}`);
  const free = guest.vcpus - pins.length;
  return [
    `${guest.name}${guest.isActive ? "" : " (shut off)"}: ${guest.vcpus} vCPUs${free > 0 ? `, ${free} on any CPU` : ""}`,
    ...pins,
    ...(guest.emulatorPin === null ? [] : [`emulator: CPU ${guest.emulatorPin}`]),
    ...Object.entries(guest.ioThreads).map(
      ([id, cpus]) => `IO thread ${id}: ${cpus === null ? "any CPU" : `CPU ${cpus}`}`,
    ),
    disksText(guest),
  ].join("\n");
}
