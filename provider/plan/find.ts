import { identities } from "../model/elements/identity.ts";
import { childrenOf, valueAt } from "../model/xml/read.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import type { PathStep } from "./change.ts";

/** The element that the steps lead to, told by identity; undefined when it is not there. */
export function elementOf(domain: XmlElement, steps: readonly PathStep[]): XmlElement | undefined {
  let here: XmlElement | undefined = domain;
  let place = "";
  for (const step of steps) {
    if (step.kind !== "element" || !here) break;
    place = place === "" ? step.name : `${place}/${step.name}`;
    const candidates: XmlElement[] = childrenOf(here, step.name);
    const places = identities[place];
    here = candidates.find((each, position) => {
      if (step.key === undefined) return true;
      const values = places?.map((inner) => valueAt(each, inner));
      const own = values?.every((value) => value !== undefined) ? values.join(" ") : String(position);
      return own.toLowerCase() === step.key.toLowerCase();
    });
  }
  return here;
}
