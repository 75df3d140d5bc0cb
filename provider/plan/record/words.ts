/** Plain names of changes, for the lines of a preview and for reports. */

import { table } from "../../model/table.ts";
import { printSizes } from "../../model/values/units.ts";
import { parseXml } from "../../model/xml/parse.ts";
import { attributeOf, childrenOf, elementsAt, textOf, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { RecordedChange } from "./types.ts";

interface Row {
  /** Pattern of a change's path. Its groups are passed to `subject`. */
  readonly path: RegExp;
  readonly subject: (...keys: string[]) => string;
  /** Whether plan files of release 0.1.0 hold its values as bare KiB. */
  readonly isOnceKiB?: true;
}

/** Plain names by path. A path without a row is shown as it is. */
const rows: readonly Row[] = [
  { path: /^resource$/, subject: () => "resource" },
  { path: /^domain$/, subject: () => "guest" },
  { path: /^running$/, subject: () => "running" },
  { path: /^memory$/, subject: () => "memory", isOnceKiB: true },
  { path: /^currentMemory$/, subject: () => "current memory", isOnceKiB: true },
  { path: /^vcpu$/, subject: () => "vCPUs" },
  { path: /^vcpu\/@cpuset$/, subject: () => "CPUs of all threads without a pin" },
  { path: /^os\/type\/@machine$/, subject: () => "machine type" },
  { path: /^iothreadids\/iothread\[(.+?)\]$/, subject: (id) => `IO thread ${id}` },
  {
    path: /^iothreadids\/iothread\[(.+?)\]\/poll\/@max$/,
    subject: (id) => `polling of IO thread ${id} (ns)`,
  },
  {
    path: /^iothreadids\/iothread\[(.+?)\]\/poll\/@(grow|shrink|weight)$/,
    subject: (id, name) => `polling of IO thread ${id}, ${name}`,
  },
  {
    path: /^iothreadids\/iothread\[(.+?)\]\/@thread_pool_(min|max)$/,
    subject: (id, end) => `thread pool of IO thread ${id}, ${end}`,
  },
  { path: /^cputune\/iothreadpin\[(.+?)\](?:\/@cpuset)?$/, subject: (id) => `CPUs of IO thread ${id}` },
  { path: /^cputune\/vcpupin\[(.+?)\](?:\/@cpuset)?$/, subject: (id) => `CPUs of vCPU ${id}` },
  { path: /^cputune\/emulatorpin(?:\/@cpuset)?$/, subject: () => "CPUs of the emulator" },
  { path: /^devices\/disk\[([^\]]+)\]$/, subject: (target) => `disk ${target}` },
  {
    path: /^devices\/disk\[([^\]]+)\]\/driver\/@iothread$/,
    subject: (target) => `IO thread of disk ${target}`,
  },
  {
    path: /^devices\/disk\[([^\]]+)\]\/driver\/@(.+)$/,
    subject: (target, name) => `${name} of disk ${target}`,
  },
  {
    path: /^devices\/disk\[([^\]]+)\]\/source\/@(.+)$/,
    subject: (target, name) => `source ${name} of disk ${target}`,
  },
  { path: /^devices\/controller\[([^\]]+)\]$/, subject: (key) => `controller ${key}` },
  {
    path: /^devices\/controller\[([^\]]+)\]\/driver\/@iothread$/,
    subject: (key) => `IO thread of controller ${key}`,
  },
  {
    path: /^devices\/(disk|controller)\[([^\]]+)\]\/driver\/iothreads\/iothread\[([^\]]+)\]$/,
    subject: (kind, key, id) => `IO thread ${id} of the mapping of ${kind} ${key}`,
  },
  {
    path: /^devices\/(disk|controller)\[([^\]]+)\]\/driver\/iothreads\/iothread\[([^\]]+)\]\/queue\[([^\]]+)\]$/,
    subject: (kind, key, id, queue) => `queue ${queue} on IO thread ${id} of ${kind} ${key}`,
  },
  { path: /^devices\/interface\[(.+?)\]$/, subject: (mac) => `interface ${mac}` },
];

/** A change without markup: its subject and its values, `null` when there are none. */
export interface Words {
  readonly verb: "add" | "remove" | "change";
  readonly subject: string;
  readonly before: string | null;
  readonly after: string | null;
}

export function wordsOf(change: Pick<RecordedChange, "kind" | "path" | "before" | "after">): Words {
  const { kind, path } = change;
  const row = rows.find((each) => each.path.test(path));
  const values = [change.before, change.after];
  const [before = null, after = null] = (row?.isOnceKiB && fromKiB(values)) || values.map(shownValue);
  return { verb: kind, subject: subjectOf(path, row), before, after };
}

function subjectOf(path: string, row: Row | undefined): string {
  if (row) return row.subject(...(row.path.exec(path)?.slice(1) ?? []));
  const [, name, key] = /^devices\/([\w-]+)(?:\[([^\]]*)\])?$/.exec(path) ?? [];
  return name === undefined ? path : [name, key].filter((word) => word !== undefined).join(" ");
}

function fromKiB(values: readonly (string | null)[]): (string | null)[] | null {
  const isBare = values.every((value) => value === null || /^\d+$/.test(value));
  if (!isBare) return null;
  const printed = printSizes(values.flatMap((value) => (value === null ? [] : [Number(value) * 1024])));
  return values.map((value) => (value === null ? null : (printed.shift() ?? null)));
}

/** Most characters of an element's XML that fit in a line beside its path. */
const shortXml = 80;

/**
 * Prints a change in one line, such as `vcpu 1 → 2`, or for a device `disk vdh (virtio, /srv/log.raw, IO thread 8) →
 * removed`. Only a report shows the XML.
 */
export function lineOf(change: Pick<RecordedChange, "kind" | "path" | "before" | "after">): string {
  const { kind, path, before, after } = change;
  const only = (kind === "add" ? after : before) ?? "";
  if (kind === "change" || !only.startsWith("<") || (!/^devices\/[^/]+$/.test(path) && isShort(only)))
    return `${path} ${oneLine(before)} → ${oneLine(after)}`;
  const words = wordsOf(change);
  const gist = gistOf(only);
  return `${words.subject}${gist === "" ? "" : ` (${gist})`} → ${kind === "add" ? "added" : "removed"}`;
}

const isShort = (xml: string) => xml.length <= shortXml && !xml.includes("\n");
const oneLine = (value: string | null) => value?.replace(/\s*\n\s*/g, " ") ?? "absent";

/** Summaries of elements, by name: the values that describe one best. Other elements are shown as XML. */
const gists: Readonly<Record<string, (element: XmlElement) => (string | undefined)[]>> = table({
  iothread: () => [],
  iothreadpin: (pin) => [attributeOf(pin, "cpuset")],
  vcpupin: (pin) => [attributeOf(pin, "cpuset")],
  emulatorpin: (pin) => [attributeOf(pin, "cpuset")],
  disk: (disk) => [
    valueAt(disk, "target/@bus"),
    ["file", "dev", "name", "volume"].map((name) => valueAt(disk, `source/@${name}`)).find(Boolean),
    told("IO thread", valueAt(disk, "driver/@iothread")),
    mappedTo(disk),
    told("cache", valueAt(disk, "driver/@cache")),
    told("io", valueAt(disk, "driver/@io")),
    told("queues", valueAt(disk, "driver/@queues")),
  ],
  controller: (each) => [
    attributeOf(each, "model"),
    told("IO thread", valueAt(each, "driver/@iothread")),
    mappedTo(each),
  ],
  interface: (each) => [
    attributeOf(each, "type"),
    valueAt(each, "source/@bridge") ?? valueAt(each, "source/@network"),
    valueAt(each, "model/@type"),
  ],
  title: (each) => [textOf(each)],
  description: (each) => [textOf(each)],
});

/** `IO threads 2, 3 and 4`. */
function mappedTo(device: XmlElement): string | undefined {
  const ids = elementsAt(device, "driver/iothreads/iothread").map((each) => attributeOf(each, "id"));
  const [last, ...others] = ids.toReversed();
  if (last === undefined) return undefined;
  return others.length === 0
    ? `IO thread ${last}`
    : `IO threads ${others.toReversed().join(", ")} and ${last}`;
}

const told = (name: string, value: string | undefined) =>
  value === undefined ? undefined : `${name} ${value}`;

function shownValue(text: string | null): string | null {
  if (text === null || !text.startsWith("<")) return text;
  const element = elementOf(text);
  const gist = element && gists[element.name];
  return element && gist ? gist(element).filter(Boolean).join(", ") || null : text;
}

/** Most values shown of an element without a row. */
const most = 5;
/** Elements that libvirt generates; they don't help a reader to recognise a device. */
const given = ["alias", "address"];

function gistOf(xml: string): string {
  const element = elementOf(xml);
  if (!element) return "";
  const values = gists[element.name]?.(element).filter((value) => value) ?? valuesOf(element);
  const rest = values.length - most - 1;
  return [...values.slice(0, most + 1), ...(rest > 0 ? [`and ${rest} more`] : [])].join(", ");
}

/** Values of an element, in order, without duplicates. */
function valuesOf(element: XmlElement): string[] {
  const own = element.attributes.map(({ value }) => value);
  const below = childrenOf(element).filter(({ name }) => !given.includes(name));
  return [...new Set([...own, textOf(element), ...below.flatMap(valuesOf)])].filter((value) => value !== "");
}

function elementOf(xml: string): XmlElement | null {
  try {
    return parseXml(xml);
  } catch {
    return null;
  }
}
