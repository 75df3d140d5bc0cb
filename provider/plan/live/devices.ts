import { domainSchema } from "../../model/elements/domain/schema.ts";
import { keyOf } from "../../model/elements/identity.ts";
import { childrenOf, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { Change } from "../merge/change.ts";

/**
 * The device of a running guest that the change is about, found by its alias. Graphics have none in libvirt; they are
 * found by their type, of which a guest has one each.
 */
export function deviceIn(domain: XmlElement, change: Change): XmlElement | undefined {
  const device = change.steps.length === 2 ? change.actual : change.trail[2];
  if (!device) return undefined;
  const tells = valueAt(device, "alias/@name") === undefined ? "@type" : "alias/@name";
  return childrenOf(domain, "devices")
    .flatMap((devices) => childrenOf(devices, device.name))
    .find((each) => valueAt(each, tells) === valueAt(device, tells));
}

/** The device of the definition with the same identity; the declared device when there is none. */
export function definedAs(domain: XmlElement, declared: XmlElement): XmlElement {
  const place = `devices/${declared.name}`;
  const key = keyOf(domainSchema, declared, place);
  const found = childrenOf(domain, "devices")
    .flatMap((devices) => childrenOf(devices, declared.name))
    .find((each) => key !== null && keyOf(domainSchema, each, place) === key);
  return found ?? declared;
}

/** The element of `<metadata>` that the change is about; there is one per namespace. */
export function metadataIn(domain: XmlElement, change: Change): XmlElement | undefined {
  const [, step] = change.steps;
  if (step?.kind !== "element") return undefined;
  return childrenOf(domain, "metadata").flatMap((all) => childrenOf(all, step.name))[0];
}
