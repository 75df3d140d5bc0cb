import { busOf } from "../../model/elements/domain/buses.ts";
import { attributeOf, elementsAt, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";

/** What resources of a program beside the domain may still say otherwise. */
export type Undecided = "devices" | "pins";

const disksOf = (domain: XmlElement) =>
  elementsAt(domain, "devices/disk").filter((disk) => busOf(disk) === "virtio");
const controllersOf = (domain: XmlElement) =>
  elementsAt(domain, "devices/controller").filter((each) => attributeOf(each, "model")?.startsWith("virtio"));

/** Those that can be served by an IO thread, and pins of threads, each by its name. */
const namesOf: Readonly<Record<Undecided, (domain: XmlElement) => readonly string[]>> = {
  devices: (domain) => [
    ...disksOf(domain).map((disk) => `disk ${valueAt(disk, "target/@dev")}`),
    ...controllersOf(domain).map((each) => `controller ${attributeOf(each, "index")}`),
  ],
  pins: (domain) => elementsAt(domain, "cputune/iothreadpin").map((pin) => `${attributeOf(pin, "iothread")}`),
};

/** The same of a declaration, which may leave out a bus or a model. */
const anyOf: typeof namesOf = {
  devices: (domain) => [
    ...elementsAt(domain, "devices/disk").map((disk) => `disk ${valueAt(disk, "target/@dev")}`),
    ...elementsAt(domain, "devices/controller").map((each) => `controller ${attributeOf(each, "index")}`),
  ],
  pins: namesOf.pins,
};

/**
 * Of what the domain has, what nothing that was looked at so far declares: a resource that the engine asks about later may
 * give a disk another IO thread, and a finding that is told before would be false. What no resource declares stays
 * undecided: nobody knows that it is the last word.
 */
export function undecidedOf(definition: XmlElement, declared: readonly XmlElement[]): ReadonlySet<Undecided> {
  const parts = Object.keys(namesOf) as Undecided[];
  return new Set(
    parts.filter((part) => {
      const known = new Set(declared.flatMap(anyOf[part]));
      return namesOf[part](definition).some((name) => !known.has(name));
    }),
  );
}
