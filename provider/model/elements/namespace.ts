import { attributeOf } from "../xml/read.ts";
import type { XmlElement, XmlNode } from "../xml/tree.ts";

const qemuNamespace = "http://libvirt.org/schemas/domain/qemu/1.0";

const isNamespace = (name: string) => name === "xmlns" || name.startsWith("xmlns:");

/** Without namespaces: what uses them has them in its name, and libvirt keeps none that nothing uses. */
export function withoutNamespaces(domain: XmlElement): XmlElement {
  if (!domain.attributes.some(({ name }) => isNamespace(name))) return domain;
  return { ...domain, attributes: domain.attributes.filter(({ name }) => !isNamespace(name)) };
}

/** With the namespaces of libvirt that the declared domain uses. */
export function withNamespacesOf(domain: XmlElement, declared: XmlElement): XmlElement {
  const isUsed = domain.children.some((child) => child.kind === "element" && child.name.startsWith("qemu:"));
  const isKnown = attributeOf(domain, "xmlns:qemu") !== undefined;
  const own = declared.attributes.filter(
    ({ name, value }) => isNamespace(name) && value !== qemuNamespace && /\/schemas\/domain\//.test(value),
  );
  const missing = own.filter(({ name }) => attributeOf(domain, name) === undefined);
  if (isUsed && !isKnown) missing.push({ name: "xmlns:qemu", value: qemuNamespace });
  return missing.length === 0 ? domain : { ...domain, attributes: [...domain.attributes, ...missing] };
}

/** Whatever prefix stands for QEMU's namespace, and wherever it is declared, libvirt prints `qemu:`. */
export function withQemuPrefix(domain: XmlElement): XmlElement {
  const prefixes = new Set(
    domain.attributes
      .filter(({ name, value }) => name.startsWith("xmlns:") && value === qemuNamespace)
      .map(({ name }) => name.slice("xmlns:".length)),
  );
  const isForeign = [...prefixes].some((prefix) => prefix !== "qemu");
  const children = domain.children.map((child) => rename(child, prefixes));
  if (!isForeign && children.every((child, i) => child === domain.children[i])) return domain;
  const isOurs = (value: string) => value === qemuNamespace;
  const attributes = [
    ...domain.attributes.filter(({ name, value }) => !(name.startsWith("xmlns:") && isOurs(value))),
    { name: "xmlns:qemu", value: qemuNamespace },
  ];
  return { ...domain, attributes, children };
}

function rename(node: XmlNode, prefixes: ReadonlySet<string>): XmlNode {
  if (node.kind !== "element") return node;
  const [prefix, local] = node.name.includes(":") ? node.name.split(":") : ["", node.name];
  const own = attributeOf(node, prefix === "" ? "xmlns" : `xmlns:${prefix}`);
  const isOurs = own === undefined ? prefix !== "" && prefixes.has(prefix ?? "") : own === qemuNamespace;
  if (!isOurs || (prefix === "qemu" && own === undefined)) return node;
  return renameAll(node, prefix ?? "", local ?? node.name);
}

function renameAll(element: XmlElement, prefix: string, local: string): XmlElement {
  return {
    ...element,
    name: `qemu:${local}`,
    attributes: element.attributes.filter(({ value }) => value !== qemuNamespace),
    children: element.children.map((child) => {
      if (child.kind !== "element") return child;
      const [before, after] = child.name.includes(":") ? child.name.split(":") : ["", child.name];
      return before === prefix ? renameAll(child, prefix, after ?? child.name) : child;
    }),
  };
}
