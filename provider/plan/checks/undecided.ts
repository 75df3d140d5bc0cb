import { busOf } from "../../model/elements/domain/buses.ts";
import { attributeOf, elementsAt, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";

/** What other resources of a domain may still declare differently. */
export type Undecided = "devices" | "pins";

const disksOf = (domain: XmlElement) =>
  elementsAt(domain, "devices/disk").filter((disk) => busOf(disk) === "virtio");
const controllersOf = (domain: XmlElement) =>
  elementsAt(domain, "devices/controller").filter((each) => attributeOf(each, "model")?.startsWith("virtio"));

/** Names of the devices that an IO thread can serve, and of the pins of threads. */
const namesOf: Readonly<Record<Undecided, (domain: XmlElement) => readonly string[]>> = {
  devices: (domain) => [
    ...disksOf(domain).map((disk) => `disk ${valueAt(disk, "target/@dev")}`),
    ...controllersOf(domain).map((each) => `controller ${attributeOf(each, "index")}`),
  ],
  pins: (domain) => elementsAt(domain, "cputune/iothreadpin").map((pin) => `${attributeOf(pin, "iothread")}`),
};

/** The same for a declaration, which may omit a bus or model. */
const anyOf: typeof namesOf = {
  devices: (domain) => [
    ...elementsAt(domain, "devices/disk").map((disk) => `disk ${valueAt(disk, "target/@dev")}`),
    ...elementsAt(domain, "devices/controller").map((each) => `controller ${attributeOf(each, "index")}`),
  ],
  pins: namesOf.pins,
};

/**
 * Finds what the domain has and no resource checked so far declares. A resource that the engine asks about
 * later may give such a disk another IO thread, and an earlier finding would then be false. A part that no
 * resource ever declares stays undecided, because we can't know that no declaration will follow.
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
