import { printXml } from "../model/xml/print.ts";
import { attributeOf, elementsAt } from "../model/xml/read.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import { hasBootOrder } from "./checks/bootOrder.ts";
import type { Change } from "./merge/change.ts";

/** A definition in which a declared boot order of devices can stand. */
export interface Yielded {
  readonly actual: XmlElement;
  /** What people should see of it; libvirt's own `<boot dev='hd'/>` is not worth a line. */
  readonly changes: readonly Change[];
}

/**
 * `<boot dev>` that nobody declares gives way to a device that declares its place: libvirt puts `<boot dev='hd'/>`
 * into every definition without a boot order, and refuses the two together (9.0.0).
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
  const children = domain.children.map((child) =>
    child.kind === "element" && child.name === "os"
      ? {
          ...child,
          children: child.children.filter((each) => each.kind !== "element" || each.name !== "boot"),
        }
      : child,
  );
  return { ...domain, children };
}
