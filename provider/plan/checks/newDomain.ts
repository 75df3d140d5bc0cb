/**
 * Domains that are not on the host yet: the defaults under their declaration, and what stops libvirt from
 * defining them.
 */

import { domainSchema } from "../../model/elements/domain/schema.ts";
import { parseDomainXml } from "../../model/xml/parse.ts";
import { attributeOf, elementsAt, textOf, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import { layTree } from "../merge/merge.ts";
import type { Situation } from "../situation/situation.ts";
import { findLackingMachine } from "./machines.ts";
import { findObstacles } from "./obstacles.ts";

/** No resource owns these defaults, so later versions may change them. */
const defaultsUnder = (isPc: boolean, uuid: string | null) =>
  parseDomainXml(
    `<domain type='kvm'>${uuid === null ? "" : `<uuid>${uuid}</uuid>`}<os><type>hvm</type></os>${isPc ? "<features><acpi/><apic/></features>" : ""}</domain>`,
  );

/**
 * Returns the definition of a new domain. `uuid` is for a domain that declares none; with `null` libvirt
 * generates it.
 */
export function layNewDomain(desired: XmlElement, uuid: string | null): XmlElement {
  const machine = valueAt(desired, "os/type/@machine") ?? "pc";
  return layTree(domainSchema, desired, defaultsUnder(/^(q35|pc)/.test(machine), uuid)).tree;
}

/**
 * Lists why the domain can't be defined, by its host's facts. `capabilities` is `null` when they are unknown.
 */
export function findNewDomainObstacles(
  desired: XmlElement,
  tree: XmlElement,
  host: Omit<Situation, "inactive" | "live">,
  capabilities: XmlElement | null,
): string[] {
  return [
    ...(hasMemory(desired) ? [] : ["a new domain needs memory"]),
    ...findLackingMachine(tree, capabilities),
    ...findObstacles(desired, tree, { ...host, inactive: tree, live: null }, []),
  ];
}

/** Whether it has memory of its own or NUMA cells with memory, which libvirt adds up. */
function hasMemory(desired: XmlElement): boolean {
  const cells = elementsAt(desired, "cpu/numa/cell");
  return (
    elementsAt(desired, "memory").some((memory) => textOf(memory).trim() !== "") ||
    cells.some((cell) => attributeOf(cell, "memory") !== undefined)
  );
}
