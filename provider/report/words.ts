import { parseXml } from "../model/xml/parse.ts";
import { attributeOf, textOf, valueAt } from "../model/xml/read.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import type { RecordedStep } from "../plan/record/types.ts";
import type { ReportedChange } from "./report.ts";

interface Row {
  /** Path of a change; its groups are handed to the subject. */
  readonly path: RegExp;
  readonly subject: (...keys: string[]) => string;
  /** How its value reads. Absent: as it stands. */
  readonly show?: (value: string) => string;
}

/** KiB in the largest unit that leaves no rest. */
function shownMemory(value: string): string {
  const units = ["KiB", "MiB", "GiB", "TiB"];
  let [size, unit] = [Number(value), 0];
  if (!Number.isSafeInteger(size) || size <= 0) return value;
  for (; size % 1024 === 0 && unit < units.length - 1; unit++) size /= 1024;
  return `${size} ${units[unit]}`;
}

/** How places are called when people speak of them. What has no row is called by its path. */
const rows: readonly Row[] = [
  { path: /^resource$/, subject: () => "resource" },
  { path: /^domain$/, subject: () => "guest" },
  { path: /^running$/, subject: () => "running" },
  { path: /^memory$/, subject: () => "memory", show: shownMemory },
  { path: /^currentMemory$/, subject: () => "current memory", show: shownMemory },
  { path: /^vcpu$/, subject: () => "vCPUs" },
  { path: /^vcpu\/@cpuset$/, subject: () => "CPUs of all threads without a pin" },
  { path: /^os\/type\/@machine$/, subject: () => "machine type" },
  { path: /^iothreadids\/iothread\[(.+?)\]$/, subject: (id) => `IO thread ${id}` },
  {
    path: /^iothreadids\/iothread\[(.+?)\]\/poll\/@max$/,
    subject: (id) => `polling of IO thread ${id} (ns)`,
  },
  {
    path: /^iothreadids\/iothread\[(.+?)\]\/@thread_pool_(min|max)$/,
    subject: (id, end) => `thread pool of IO thread ${id}, ${end}`,
  },
  { path: /^cputune\/iothreadpin\[(.+?)\](?:\/@cpuset)?$/, subject: (id) => `CPUs of IO thread ${id}` },
  { path: /^cputune\/vcpupin\[(.+?)\](?:\/@cpuset)?$/, subject: (id) => `CPUs of vCPU ${id}` },
  { path: /^cputune\/emulatorpin(?:\/@cpuset)?$/, subject: () => "CPUs of the emulator" },
  { path: /^devices\/disk\[(.+?)\]$/, subject: (target) => `disk ${target}` },
  { path: /^devices\/disk\[(.+?)\]\/driver\/@iothread$/, subject: (target) => `IO thread of disk ${target}` },
  { path: /^devices\/disk\[(.+?)\]\/driver\/@(.+)$/, subject: (target, name) => `${name} of disk ${target}` },
  {
    path: /^devices\/disk\[(.+?)\]\/source\/@(.+)$/,
    subject: (target, name) => `source ${name} of disk ${target}`,
  },
  { path: /^devices\/controller\[(.+?)\]$/, subject: (key) => `controller ${key}` },
  {
    path: /^devices\/controller\[(.+?)\]\/driver\/@iothread$/,
    subject: (key) => `IO thread of controller ${key}`,
  },
  { path: /^devices\/interface\[(.+?)\]$/, subject: (mac) => `interface ${mac}` },
];

/** A change without marks-up: what, and its values; null where there is none. */
export interface Words {
  readonly verb: "add" | "remove" | "change";
  readonly subject: string;
  readonly before: string | null;
  readonly after: string | null;
}

export function wordsOf({ kind, path, before, after }: ReportedChange): Words {
  const row = rows.find((each) => each.path.test(path));
  const shown = (text: string | null) => (text === null ? null : (row?.show ?? shownValue)(text));
  const subject = row ? row.subject(...(row.path.exec(path)?.slice(1) ?? [])) : path;
  return { verb: kind, subject, before: shown(before), after: shown(after) };
}

/** What to say of an element: by name, places whose values tell most. Others are told as XML. */
const gists: Readonly<Record<string, (element: XmlElement) => (string | undefined)[]>> = {
  iothread: () => [],
  iothreadpin: (pin) => [attributeOf(pin, "cpuset")],
  vcpupin: (pin) => [attributeOf(pin, "cpuset")],
  emulatorpin: (pin) => [attributeOf(pin, "cpuset")],
  disk: (disk) => [
    valueAt(disk, "target/@bus"),
    ["file", "dev", "name", "volume"].map((name) => valueAt(disk, `source/@${name}`)).find(Boolean),
    told("IO thread", valueAt(disk, "driver/@iothread")),
    told("cache", valueAt(disk, "driver/@cache")),
    told("io", valueAt(disk, "driver/@io")),
    told("queues", valueAt(disk, "driver/@queues")),
  ],
  controller: (each) => [attributeOf(each, "model"), told("IO thread", valueAt(each, "driver/@iothread"))],
  interface: (each) => [
    attributeOf(each, "type"),
    valueAt(each, "source/@bridge") ?? valueAt(each, "source/@network"),
    valueAt(each, "model/@type"),
  ],
  title: (each) => [textOf(each)],
  description: (each) => [textOf(each)],
};

const told = (name: string, value: string | undefined) =>
  value === undefined ? undefined : `${name} ${value}`;

function shownValue(text: string): string | null {
  if (!text.startsWith("<")) return text;
  let element: XmlElement;
  try {
    element = parseXml(text);
  } catch {
    return text;
  }
  const gist = gists[element.name];
  return gist ? gist(element).filter(Boolean).join(", ") || null : text;
}

/** A command as a person would type it: for reading only, nothing runs it. */
export function commandText({ argv, stdin }: RecordedStep): string {
  const words = argv.map((word) =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`,
  );
  return stdin === undefined ? words.join(" ") : `${words.join(" ")} <<'XML'\n${stdin.trimEnd()}\nXML`;
}

/** `1 guest`, `2 guests`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** At most `limit` characters, the cut told. */
export function clipped(text: string, limit: number): string {
  const characters = [...text];
  if (characters.length <= limit) return text;
  return `${characters.slice(0, limit).join("")}… (${characters.length - limit} more characters)`;
}

/** The same where there is no room to tell how much. */
export function shortened(text: string, limit: number): string {
  const characters = [...text];
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join("")}…`;
}
