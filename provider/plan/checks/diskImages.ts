import { attributeOf, elementsAt, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";

/** What a disk is on, as far as its own text says: no link, pool or name of a host is resolved. */
export interface DiskImage {
  readonly target: string;
  /** The same for two disks on the same image; one for each server that has it. Never empty. */
  readonly images: readonly string[];
  /** The last piece of them, as it stands in XML: what to look for in texts. */
  readonly word: string;
  /** For messages. */
  readonly said: string;
  readonly isReadOnly: boolean;
  /** Other guests may write to it. */
  readonly isShared: boolean;
  /** QEMU locks it: a regular file. It locks no block devices of the kernel (7.2). */
  readonly isLocked: boolean;
}

/** A disk of another guest of the host. */
export interface ImageUse extends DiskImage {
  readonly guest: string;
  /** Running: it has the image open now; declared: by a resource of the same program. */
  readonly how: "running" | "defined" | "declared";
  /** Whether the guest has it open when the program is done, as far as that is known. */
  readonly isOpen: boolean;
}

/** Ports that libvirt fills in when a guest starts, and not before (9.0.0). */
const ports: ReadonlyMap<string, string> = new Map([
  ["nbd", "10809"],
  ["iscsi", "3260"],
  ["gluster", "24007"],
  ["ssh", "22"],
  ["sheepdog", "7000"],
  ["vxhs", "9999"],
]);

/** QEMU only reads by them. */
const readers: ReadonlySet<string> = new Set(["http", "https", "ftp", "ftps", "tftp"]);

const known = new WeakMap<XmlElement, readonly DiskImage[]>();

/** Images of a guest's disks, without CD-ROMs and floppies, and without what lies below an overlay. */
export function imagesOf(domain: XmlElement): readonly DiskImage[] {
  const found = known.get(domain) ?? elementsAt(domain, "devices/disk").flatMap(imageOf);
  known.set(domain, found);
  return found;
}

function imageOf(disk: XmlElement): DiskImage[] {
  if (["cdrom", "floppy"].includes(attributeOf(disk, "device") ?? "disk")) return [];
  const source = elementsAt(disk, "source")[0];
  const place = source && (pathOf(source) ?? volumeOf(source) ?? networkOf(source));
  if (!place) return [];
  const has = (name: string) => elementsAt(disk, name).length > 0;
  return [
    {
      ...place,
      target: valueAt(disk, "target/@dev") ?? "?",
      isReadOnly: has("readonly") || valueAt(disk, "source/snapshot/@name") !== undefined,
      isShared: has("shareable") || valueAt(disk, "transient/@shareBacking") === "yes",
      isLocked: attributeOf(source, "file") !== undefined,
    },
  ];
}

type Place = Pick<DiskImage, "images" | "word" | "said">;

/** A file and a block device of one path are the same thing. */
function pathOf(source: XmlElement): Place | null {
  const path = attributeOf(source, "file") ?? attributeOf(source, "dev");
  if (!path?.startsWith("/")) return null;
  const plain = plainPath(path);
  return { images: [plain], word: plain, said: path };
}

function volumeOf(source: XmlElement): Place | null {
  const [pool, volume] = [attributeOf(source, "pool"), attributeOf(source, "volume")];
  if (!pool || !volume) return null;
  return { images: [`volume ${pool}/${volume}`], word: volume, said: `volume ${volume} of pool ${pool}` };
}

function networkOf(source: XmlElement): Place | null {
  const [protocol, name = ""] = [attributeOf(source, "protocol"), attributeOf(source, "name")];
  if (!protocol || readers.has(protocol)) return null;
  const hosts = elementsAt(source, "host").map((host) => {
    const socket = attributeOf(host, "socket");
    const port = attributeOf(host, "port") ?? ports.get(protocol) ?? "";
    return socket ?? `${(attributeOf(host, "name") ?? "").toLowerCase()}:${port}`;
  });
  const servers = hosts.length > 0 ? hosts : [""];
  return {
    images: servers.map((server) => `${protocol} ${server} ${name}`),
    word: plainPath(name),
    said: [protocol, name, hosts.length > 0 ? `at ${hosts.join(", ")}` : ""].filter(Boolean).join(" "),
  };
}

/** A path without what names no other file: `//`, `/./`, `x/../`. */
function plainPath(path: string): string {
  if (!path.startsWith("/")) return path;
  const steps: string[] = [];
  for (const step of path.split("/")) {
    if (step === "..") steps.pop();
    else if (step !== "" && step !== ".") steps.push(step);
  }
  return `/${steps.join("/")}`;
}

/** Words of all sources in a domain's XML, of backing files and other devices too: a text that lacks a word lacks its image. */
export function sourceWords(xml: string): Set<string> {
  const words = new Set<string>();
  for (const [, attributes = ""] of xml.matchAll(/<source\s([^>]*)>/g)) {
    const [, , value = ""] = /(?:^|\s)(?:file|dev|volume|name)=(["'])(.*?)\1/.exec(attributes) ?? [];
    words.add(plainPath(decoded(value)));
  }
  return words;
}

const characters: ReadonlyMap<string, string> = new Map([
  ["&lt;", "<"],
  ["&gt;", ">"],
  ["&apos;", "'"],
  ["&quot;", '"'],
  ["&amp;", "&"],
]);

const decoded = (value: string) =>
  value.includes("&") ? value.replaceAll(/&\w+;/g, (entity) => characters.get(entity) ?? entity) : value;
