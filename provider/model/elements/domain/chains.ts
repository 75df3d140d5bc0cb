import { mapChildren } from "../../xml/edit.ts";
import { attributeOf, childrenOf, elementsAt, valueAt } from "../../xml/read.ts";
import type { XmlElement, XmlNode } from "../../xml/tree.ts";
import type { Edit } from "../schema.ts";

/** Attributes and elements of `<source>` that say which image it is. */
const naming = ["file", "dev", "dir", "path", "pool", "volume", "protocol", "name", "query"];
const hostNaming = ["name", "port", "socket"];

/**
 * Removes the backing chain of each disk that gets another source, unless the chain is declared. libvirt writes the
 * chain of an overlay into the definition when somebody makes a snapshot, and opens the chain that the definition
 * names rather than the one that the image names (9.0.0): with the old chain below a new image, the guest would read
 * other data than the image has.
 */
export function withoutOldChains(merged: XmlElement, { actual, declared, paths }: Edit): XmlElement {
  if (!paths.some((path) => /^devices\/disk\b.*\/source\b/.test(path))) return merged;
  const before = disksByTarget(actual);
  const wanted = disksByTarget(declared);
  const withoutChain = (disk: XmlElement): XmlElement => {
    const target = valueAt(disk, "target/@dev");
    const [was, own] = [before.get(target), wanted.get(target)];
    if (!was || nameOf(was) === nameOf(disk) || own?.children.some(isChain)) return disk;
    return { ...disk, children: disk.children.filter((child) => !isChain(child)) };
  };
  return mapChildren(merged, "devices", (devices) => mapChildren(devices, "disk", withoutChain));
}

const isChain = (node: XmlNode) => node.kind === "element" && node.name === "backingStore";

const disksByTarget = (domain: XmlElement) =>
  new Map(elementsAt(domain, "devices/disk").map((disk) => [valueAt(disk, "target/@dev"), disk]));

/** What the image of a disk is called. */
function nameOf(disk: XmlElement): string {
  const [source] = childrenOf(disk, "source");
  const hosts = elementsAt(disk, "source/host").map((host) =>
    hostNaming.map((name) => attributeOf(host, name)),
  );
  return JSON.stringify([naming.map((name) => attributeOf(source, name)), hosts]);
}
