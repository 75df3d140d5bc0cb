/** A domain that is not there yet: what it gets defaultsUnder the declared, and what keeps libvirt from defining it. */

import { domainSchema } from "../../model/elements/domain/schema.ts";
import { parseDomainXml } from "../../model/xml/parse.ts";
import { attributeOf, elementsAt, textOf, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import { layTree } from "../merge/merge.ts";
import type { Situation } from "../situation/situation.ts";
import { findLackingMachine } from "./machines.ts";
import { findObstacles } from "./obstacles.ts";

/** No resource owns this, so later versions may choose otherwise. */
const defaultsUnder = (isPc: boolean, uuid: string | null) =>
  parseDomainXml(
    `<domain type='kvm'>${uuid === null ? "" : `<uuid>${uuid}</uuid>`}<os><type>hvm</type></os>${isPc ? "<features><acpi/><apic/></features>" : ""}</domain>`,
  );

/** The definition of a new domain. `uuid`: of its own, where none is declared; null: libvirt makes one. */
export function layNewDomain(desired: XmlElement, uuid: string | null): XmlElement {
  const machine = valueAt(desired, "os/type/@machine") ?? "pc";
  return layTree(domainSchema, desired, defaultsUnder(/^(q35|pc)/.test(machine), uuid)).tree;
}

/** Why it can't be defined, as far as its host's facts tell. `capabilities`: null when they are not known. */
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

/** Its own, or that of its NUMA cells, which libvirt adds up. */
function hasMemory(desired: XmlElement): boolean {
  const cells = elementsAt(desired, "cpu/numa/cell");
  return (
    elementsAt(desired, "memory").some((memory) => textOf(memory).trim() !== "") ||
    cells.some((cell) => attributeOf(cell, "memory") !== undefined)
  );
}
