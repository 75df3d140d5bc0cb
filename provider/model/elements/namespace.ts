import { attributeOf } from "../xml/read.ts";
import type { XmlElement, XmlNode } from "../xml/tree.ts";

const qemuNamespace = "http://libvirt.org/schemas/domain/qemu/1.0";

/** Without namespaces that are not libvirt's: it keeps those of `<metadata>` where they are used. */
export function withOwnNamespaces(domain: XmlElement): XmlElement {
  const attributes = domain.attributes.filter(
    ({ name, value }) =>
      !(name === "xmlns" || name.startsWith("xmlns:")) ||
      value.startsWith("http://libvirt.org/schemas/domain/"),
  );
  return { ...domain, attributes };
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
