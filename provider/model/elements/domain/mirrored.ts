import { mapChildren } from "../../xml/edit.ts";
import { childrenOf, elementsAt, valueAt } from "../../xml/read.ts";
import type { XmlElement } from "../../xml/tree.ts";

const isSerial = (console: XmlElement) => /^(?:serial)?$/.test(valueAt(console, "target/@type") ?? "");

/**
 * Adds a serial port to a declaration that has a console alone, where the domain has both. The first serial port and
 * the first console are one device, and libvirt 9.0.0 copies the serial port to the console. A declared serial port
 * therefore needs no copy.
 */
export function withMirroredSerial(declared: XmlElement, actual: XmlElement): XmlElement {
  const [console] = elementsAt(declared, "devices/console");
  const [there] = elementsAt(actual, "devices/console");
  const hasSerial = (domain: XmlElement) => elementsAt(domain, "devices/serial").length > 0;
  if (!console || !there || !isSerial(console) || !isSerial(there)) return declared;
  if (hasSerial(declared) || !hasSerial(actual)) return declared;
  const serial: XmlElement = {
    ...console,
    name: "serial",
    attributes: console.attributes.filter(({ name }) => name !== "tty"),
    children: childrenOf(console).filter(({ name }) => !/^(?:target|alias|address)$/.test(name)),
  };
  return mapChildren(declared, "devices", (devices) => ({
    ...devices,
    children: [...devices.children, serial],
  }));
}
