import { attributeOf, childrenOf, elementsAt, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { Refusal } from "./refusal.ts";
import { refusalAt } from "./refusal.ts";

interface Ordered {
  readonly device: XmlElement;
  readonly order: string;
}

function orderedDevices(domain: XmlElement): Ordered[] {
  const devices = elementsAt(domain, "devices").flatMap((all) => childrenOf(all));
  return devices.flatMap((device) => {
    const order = valueAt(device, "boot/@order");
    return order === undefined ? [] : [{ device, order }];
  });
}

/** Whether a device has `<boot order>`. libvirt refuses `<boot dev>` of the domain beside it. */
export function hasBootOrder(domain: XmlElement): boolean {
  return orderedDevices(domain).length > 0;
}

const nameOf = (device: XmlElement) =>
  `${device.name} ${valueAt(device, "target/@dev") ?? valueAt(device, "mac/@address") ?? attributeOf(device, "type") ?? ""}`.trim();

/**
 * Finds boot orders that libvirt refuses in one domain. libvirt 9.0.0: "boot order '1' used for more than one
 * device", "per-device boot elements cannot be used together with os/boot elements".
 */
export function findBootConflicts(domain: XmlElement): Refusal[] {
  const taken = new Map<string, XmlElement>();
  const conflicts: Refusal[] = [];
  const hasKinds = elementsAt(domain, "os/boot").length > 0;
  for (const { device, order } of orderedDevices(domain)) {
    const refuse = (reason: string) =>
      conflicts.push(refusalAt(`devices/${device.name}`, device, "boot/@order", reason));
    const other = taken.get(order);
    taken.set(order, device);
    if (other)
      refuse(`${order} of ${nameOf(device)} is that of ${nameOf(other)} as well; give each its own place`);
    if (hasKinds)
      refuse(
        `${order} of ${nameOf(device)} can't stand together with bootDevices (<boot dev>); keep one of them`,
      );
  }
  return conflicts;
}
