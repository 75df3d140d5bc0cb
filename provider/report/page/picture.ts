import { parseCpuset } from "../../model/values/cpuset.ts";
import type { Topology } from "../../model/values/topology.ts";
import type { GuestCpus } from "../../plan/cpus/guestCpus.ts";
import { htmlText } from "../comment/markdownText.ts";
import { shortened } from "../words.ts";
import type { Columns, Use } from "./pictureColumns.ts";
import { columnsOf, drawBars, usesOf } from "./pictureColumns.ts";
import { drawGuest, rowHeight } from "./pictureGuest.ts";

const left = 150;
const right = 470;
const top = 58;

/**
 * Draws a host: a column per CPU, grouped by NUMA node, and a row per guest. Upper bars are vCPUs, lower bars IO
 * threads; they are pale if they float over more CPUs than there are threads. A thin line is the emulator. A hatched
 * column carries a vCPU and something else that is pinned there. The picture has only class names; the style sheet
 * has colours.
 */
export function drawHost(topology: Topology, guests: readonly GuestCpus[], title: string): string {
  const columns = columnsOf(topology);
  const uses = usesOf(columns, guests);
  const sorted = guests.toSorted(
    (a, b) => firstColumn(columns, a) - firstColumn(columns, b) || (a.name < b.name ? -1 : 1),
  );
  const height = top + Math.max(1, sorted.length) * rowHeight + 8;
  const width = left + columns.width + right;
  const overlaps = [...uses].filter(([, use]) => use.isOverlap).map(([cpu]) => cpu);
  return [
    `<svg class="host" role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><title>${htmlText(title)}</title>`,
    ...topology.nodes.map((node) => drawNode(columns, node.id, node.memoryKiB, node.cpus, height)),
    drawNumbers(columns),
    drawBars("overlap-band", columns, overlaps, { from: left, y: 40, height: height - 48 }),
    ...sorted.map((guest, index) =>
      drawGuest(columns, guest, new Set(overlaps), { from: left, y: top + index * rowHeight, width }),
    ),
    "</svg>",
  ].join("");
}

/** Draws the host in one line: which CPUs carry vCPUs, IO threads, or both. */
export function drawStrip(topology: Topology, guests: readonly GuestCpus[]): string {
  const columns = columnsOf(topology, { room: 380, gap: 4 });
  const uses = usesOf(columns, guests);
  const bars = (kind: string, y: number, height: number, wanted: (use: Use) => boolean) => {
    const cpus = [...uses].filter(([, use]) => wanted(use)).map(([cpu]) => cpu);
    return drawBars(kind, columns, cpus, { from: 1, y, height });
  };
  return [
    `<svg class="strip" aria-hidden="true" width="${columns.width + 2}" height="16" viewBox="0 0 ${columns.width + 2} 16">`,
    bars("free", 2, 12, () => true),
    bars("vcpu", 2, 12, ({ vcpus }) => vcpus > 0),
    bars("io", 8, 6, ({ ioThreads }) => ioThreads > 0),
    bars("overlap-mark", 0, 16, ({ isOverlap }) => isOverlap),
    "</svg>",
  ].join("");
}

function firstColumn(columns: Columns, guest: GuestCpus): number {
  const sets = [...Object.values(guest.vcpuPins), ...Object.values(guest.ioThreads), guest.cpuset];
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
