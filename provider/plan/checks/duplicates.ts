import { domainSchema } from "../../model/elements/domain/schema.ts";
import { keyOf } from "../../model/elements/identity.ts";
import { parseCpuset } from "../../model/values/cpuset.ts";
import { attributeOf, elementsAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { Refusal } from "./refusal.ts";
import { refusalAt } from "./refusal.ts";

/**
 * Places where libvirt refuses two elements with the same identity (measured on 9.0.0), each with the words for
 * that element in messages. libvirt accepts two graphics of one type, two channels or file systems of one name,
 * and two interfaces with one MAC address.
 */
const unique: Readonly<Record<string, (key: string) => string>> = {
  "devices/disk": (key) => `is the target of two disks, ${key}; targets are unique whatever the bus`,
  "devices/controller": (key) => `is given twice for controller ${key}; give each an index of its own`,
  "iothreadids/iothread": (key) => `is given to two IO threads, ${key}`,
  "cputune/iothreadpin": (key) => `is pinned twice, IO thread ${key}; keep one pin`,
  "cputune/vcpupin": (key) => `is pinned twice, vCPU ${key}; keep one pin`,
  "cpu/feature": (key) => `is given twice, ${key}; keep one`,
  "cpu/numa/cell": (key) => `is given to two cells, ${key}`,
};

/** Where each element holds its identity. */
const named: Readonly<Record<string, string>> = {
  "devices/disk": "target/@dev",
  "devices/controller": "@index",
  "iothreadids/iothread": "@id",
  "cputune/iothreadpin": "@iothread",
  "cputune/vcpupin": "@vcpu",
  "cpu/feature": "@name",
  "cpu/numa/cell": "@id",
};

/** Schedulers whose sets must not overlap, each with the attribute that holds the set. */
const disjoint = [
  { place: "cputune/vcpusched", attribute: "vcpus", of: "vCPU" },
  { place: "cputune/iothreadsched", attribute: "iothreads", of: "IO thread" },
] as const;

/** Finds elements that a domain declares twice although libvirt allows only one. */
export function findDuplicates(declared: XmlElement): Refusal[] {
  const doubled = Object.entries(unique).flatMap(([place, tell]) => {
    const seen = new Set<string>();
    return elementsAt(declared, place).flatMap((element) => {
      const key = keyOf(domainSchema, element, place);
      if (key === null) return [];
      if (!seen.has(key)) {
        seen.add(key);
        return [];
      }
      return [refusalAt(place, element, named[place] ?? "", tell(key))];
    });
  });
  return [...doubled, ...disjoint.flatMap((row) => findOverlaps(declared, row))];
}

function findOverlaps(declared: XmlElement, { place, attribute, of }: (typeof disjoint)[number]): Refusal[] {
  const seen = new Set<number>();
  return elementsAt(declared, place).flatMap((element) => {
    const members = parseCpuset(attributeOf(element, attribute) ?? "") ?? [];
    const again = members.filter((member) => seen.has(member));
    for (const member of members) seen.add(member);
    if (again.length === 0) return [];
    return [
      refusalAt(
        place,
        element,
        `@${attribute}`,
        `names ${of} ${again.join(", ")}, which has a scheduler already`,
      ),
    ];
  });
}
