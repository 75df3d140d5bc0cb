import { childrenOf, elementsAt, valueAt } from "../../xml/read.ts";
import type { XmlElement } from "../../xml/tree.ts";

const isSerial = (console: XmlElement) => /^(?:serial)?$/.test(valueAt(console, "target/@type") ?? "");

/**
 * The first serial port and the first console are one device, and libvirt makes the console what the serial port is
 * (9.0.0). So a declared console alone is declared as the serial port as well, where the domain has both. Where it
 * is the serial port that is declared, libvirt does it itself.
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
  const children = declared.children.map((child) =>
    child.kind === "element" && child.name === "devices"
      ? { ...child, children: [...child.children, serial] }
      : child,
  );
  return { ...declared, children };
}
