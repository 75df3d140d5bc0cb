import { childrenOf, valueAt } from "../model/xml/read.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import type { Change } from "./change.ts";

/** The device of a domain that has the alias of the one that the change is about; only running guests have aliases. */
export function deviceIn(domain: XmlElement, change: Change): XmlElement | undefined {
  const device = change.steps.length === 2 ? change.actual : change.trail[2];
  const alias = device && valueAt(device, "alias/@name");
  if (!alias) return undefined;
  return childrenOf(domain, "devices")
    .flatMap((devices) => childrenOf(devices, device.name))
    .find((each) => valueAt(each, "alias/@name") === alias);
}

/** The element below `<metadata>` that the change is about: there is one per namespace. */
export function metadataIn(domain: XmlElement, change: Change): XmlElement | undefined {
  const [, step] = change.steps;
  if (step?.kind !== "element") return undefined;
  return childrenOf(domain, "metadata").flatMap((all) => childrenOf(all, step.name))[0];
}
