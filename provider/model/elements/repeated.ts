import { attributeOf, childrenOf } from "../xml/read.ts";
import type { XmlElement } from "../xml/tree.ts";

/**
 * Elements of which libvirt 9.0.0 reads one, whichever number is written: place above → names. Each was defined twice
 * with two values and dumped. What it refuses twice, as `emulatorpin`, and what it reads all of is not among them.
 */
const single: readonly (readonly [RegExp, RegExp])[] = [
  [
    /^$/,
    /^(?:name|uuid|title|description|metadata|memory|maxMemory|currentMemory|memoryBacking|vcpu|vcpus|iothreadids|defaultiothread|cputune|memtune|blkiotune|numatune|resource|os|cpu|features|clock|on_\w+|pm|perf|keywrap|genid|devices|qemu:commandline)$/,
  ],
  [/^os$/, /^(?!boot$|initarg$|initenv$)/],
  [/^(?:memtune|pm|memoryBacking|devices\/disk\/iotune)$/, /./],
  [/^cputune$/, /(?:shares|period|quota)$/],
  [/^numatune$/, /^memory$/],
  [/^cpu$/, /^(?:model|vendor|topology|cache|numa|maxphysaddr)$/],
  [/^sysinfo$/, /^(?:bios|system|chassis|oemStrings)$/],
  [/^sysinfo\/(?:bios|system|chassis)$/, /^entry$/],
  [/^devices$/, /^emulator$/],
  [
    /^devices\/(?:disk|filesystem|hostdev|interface)$/,
    /^(?:source|backingStore|mirror|product|vendor|wwn|geometry|blockio|iotune|serial|transient|mac|link|bandwidth|mtu|filterref|script|downscript|virtualport|vlan|tune|coalesce|port|teaming)$/,
  ],
  [/^devices\/graphics$/, /^(?:image|jpeg|zlib|playback|streaming|mouse|clipboard|filetransfer|gl)$/],
  [/^devices\/[^/]+$/, /^(?:driver|target|address|alias|boot|rom|model|acpi|stats|rate)$/],
  [/^devices\/[^/]+\/model$/, /^(?:acceleration|resolution)$/],
];

/** Elements of which each one overrides what was read before. */
const overriding: readonly (readonly [RegExp, RegExp])[] = [
  [/^features(?:\/(?:hyperv|kvm|xen))?$/, /./],
  [/^devices\/graphics$/, /^channel$/],
];

/** Which of several elements of one name libvirt reads; null for all of them. */
export type Counting = "first" | "last" | null;

const known = new Map<string, Counting>();

export function countingAt(place: string): Counting {
  const found = known.get(place);
  if (found !== undefined) return found;
  const at = place.lastIndexOf("/");
  const [above, name] = [place.slice(0, Math.max(at, 0)), place.slice(at + 1)];
  const has = (rows: typeof single) => rows.some(([where, what]) => where.test(above) && what.test(name));
  const counting = has(single) ? "first" : has(overriding) ? "last" : null;
  known.set(place, counting);
  return counting;
}

/** What else tells several of them apart: the name of an entry or channel. */
export const nameOf = (element: XmlElement): string | undefined =>
  /^(?:entry|channel)$/.test(element.name) ? attributeOf(element, "name") : undefined;

/** Whether libvirt reads another one in place of this element, which stands under `above`. */
export function isSuperseded(element: XmlElement, above: XmlElement | undefined, place: string): boolean {
  const counting = above && countingAt(place);
  if (!counting) return false;
  const name = nameOf(element);
  const same = childrenOf(above, element.name).filter((each) => nameOf(each) === name);
  return same.length > 1 && same.at(counting === "first" ? 0 : -1) !== element;
}
