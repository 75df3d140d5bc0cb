import { mapChildren } from "../model/xml/edit.ts";
import { printXml } from "../model/xml/print.ts";
import { attributeOf, elementsAt } from "../model/xml/read.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import { hasBootOrder } from "./checks/bootOrder.ts";
import type { Change } from "./merge/change.ts";

/** A definition that leaves the boot order to the declared devices. */
export interface Yielded {
  readonly actual: XmlElement;
  /** Changes to show to the user, without the removal of libvirt's own `<boot dev='hd'/>`. */
  readonly changes: readonly Change[];
}

/**
 * Removes an undeclared `<boot dev>` when a device declares its place in the boot order. libvirt 9.0.0 adds
 * `<boot dev='hd'/>` to every definition without a boot order, and refuses both together.
 */
export function yieldBootDevices(desired: XmlElement, actual: XmlElement): Yielded {
  const boots = elementsAt(actual, "os/boot");
  if (boots.length === 0 || !hasBootOrder(desired) || elementsAt(desired, "os/boot").length > 0)
    return { actual, changes: [] };
  const isOwn = boots.length === 1 && attributeOf(boots[0], "dev") === "hd";
  const changes = boots.map((boot, index): Change => {
    const key = index === 0 ? {} : { key: String(index) };
    const steps = [
      { kind: "element", name: "os" } as const,
      { kind: "element", name: "boot", ...key } as const,
    ];
    const path = index === 0 ? "os/boot" : `os/boot[${index}]`;
    const before = printXml(boot);
    return { kind: "remove", steps, path, before, after: null, actual: boot, desired: null, trail: [actual] };
  });
  return { actual: withoutBoot(actual), changes: isOwn ? [] : changes };
}

function withoutBoot(domain: XmlElement): XmlElement {
  return mapChildren(domain, "os", (os) => ({
    ...os,
    children: os.children.filter((each) => each.kind !== "element" || each.name !== "boot"),
  }));
}
