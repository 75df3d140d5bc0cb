import { attributeOf, elementsAt, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";

/** The image of a disk, as far as the disk's own XML names it. We resolve no links, pools or host names. */
export interface DiskImage {
  readonly target: string;
  /**
   * Names of the image; two disks on the same image share one. Network images have one per server. Never
   * empty.
   */
  readonly images: readonly string[];
  /** The last component of the image's path, as written in XML, for text searches. */
  readonly word: string;
  /** The image's name for messages. */
  readonly said: string;
  readonly isReadOnly: boolean;
  /** Whether other guests may write to it, for example because the disk is `<shareable>`. */
  readonly isShared: boolean;
  /** Whether QEMU locks the image. QEMU locks regular files, but no block devices of the kernel (7.2). */
  readonly isLocked: boolean;
}

/** A disk of another guest on the same host. */
export interface ImageUse extends DiskImage {
  readonly guest: string;
  /**
   * - `running`: the guest has the image open now
   * - `defined`: the image is in the guest's definition
   * - `declared`: a resource of this program declares it
   */
  readonly how: "running" | "defined" | "declared";
  /** Whether the guest has the image open after the program has run, as far as we know. */
  readonly isOpen: boolean;
}

/** Ports that libvirt fills in only when a guest starts (9.0.0). */
const ports: ReadonlyMap<string, string> = new Map([
  ["nbd", "10809"],
  ["iscsi", "3260"],
  ["gluster", "24007"],
  ["ssh", "22"],
  ["sheepdog", "7000"],
  ["vxhs", "9999"],
]);

/** Protocols over which QEMU can only read. */
const readers: ReadonlySet<string> = new Set(["http", "https", "ftp", "ftps", "tftp"]);

const known = new WeakMap<XmlElement, readonly DiskImage[]>();

/** Returns the images of a guest's disks, without CD-ROMs, floppies and the backing files of overlays. */
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

/** Treats a file and a block device of the same path as one image. */
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

/** Removes the parts of a path that don't change which file it names: `//`, `/./`, `x/../`. */
function plainPath(path: string): string {
  if (!path.startsWith("/")) return path;
  const steps: string[] = [];
  for (const step of path.split("/")) {
    if (step === "..") steps.pop();
    else if (step !== "" && step !== ".") steps.push(step);
  }
  return `/${steps.join("/")}`;
}

/**
 * Returns the words of all sources in a domain's XML, including backing files and devices other than disks.
 * If the XML lacks an image's word, it does not use the image.
 */
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
