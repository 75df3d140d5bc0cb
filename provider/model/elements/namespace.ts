import { attributeOf, childrenOf } from "../xml/read.ts";
import type { XmlAttribute, XmlElement, XmlNode } from "../xml/tree.ts";

const qemuNamespace = "http://libvirt.org/schemas/domain/qemu/1.0";

/** Prefix → namespace, of everything declared from the domain down to an element; `""` is the default one. */
type Scope = Readonly<Record<string, string>>;

/** The prefix that an attribute declares; null of any other attribute. */
export function declaredPrefix(name: string): string | null {
  if (name === "xmlns") return "";
  return name.startsWith("xmlns:") ? name.slice("xmlns:".length) : null;
}

/** `qemu:arg` → `["qemu", "arg"]`. */
export function splitName(name: string): readonly [string, string] {
  const at = name.indexOf(":");
  return at < 0 ? ["", name] : [name.slice(0, at), name.slice(at + 1)];
}

/** Without namespaces on `<domain>`: what uses one declares it itself, and libvirt keeps none that nothing uses. */
export function withoutNamespaces(domain: XmlElement): XmlElement {
  if (!domain.attributes.some(isDeclaration)) return domain;
  return { ...domain, attributes: domain.attributes.filter((each) => !isDeclaration(each)) };
}

/** Declares QEMU's namespace where its elements are used. */
export function withQemuNamespace(domain: XmlElement): XmlElement {
  const isUsed = domain.children.some((child) => child.kind === "element" && child.name.startsWith("qemu:"));
  if (!isUsed || attributeOf(domain, "xmlns:qemu") !== undefined) return domain;
  return { ...domain, attributes: [...domain.attributes, { name: "xmlns:qemu", value: qemuNamespace }] };
}

/**
 * A domain in which no element depends on a prefix that is declared further up. Elements of QEMU's namespace are
 * `qemu:` whatever prefix they were written with, as libvirt prints them. Every other element that has a namespace
 * declares it itself: libvirt 9.0.0 moves declarations from `<domain>` to `<metadata>`.
 */
export function withOwnNamespaces(domain: XmlElement, originals: Map<XmlNode, XmlElement>): XmlElement {
  const scope = scopeIn(domain, {});
  return mapChildren(domain, (child) => {
    const own = withOwn(child, scope);
    if (own !== child) originals.set(own, child);
    return own;
  });
}

function withOwn(child: XmlElement, scope: Scope): XmlElement {
  if (child.name === "metadata") {
    const inner = scopeIn(child, scope);
    const own = mapChildren(child, (each) => selfContained(each, inner));
    return own.attributes.some(isDeclaration) ? withoutNamespaces(own) : own;
  }
  if (!child.name.includes(":") && attributeOf(child, "xmlns") === undefined) return child;
  if (namespaceOf(child, scope) === qemuNamespace) return asQemu(child, scope);
  return selfContained(child, scope);
}

/** The namespace of an element that declares it itself, or in a scope; undefined when it has none. */
export function namespaceOf(element: XmlElement, scope: Scope = {}): string | undefined {
  const [prefix] = splitName(element.name);
  return attributeOf(element, prefix === "" ? "xmlns" : `xmlns:${prefix}`) ?? scope[prefix];
}

const isDeclaration = ({ name }: XmlAttribute) => declaredPrefix(name) !== null;

function scopeIn(element: XmlElement, above: Scope): Scope {
  if (!element.attributes.some(isDeclaration)) return above;
  const own = element.attributes.filter(isDeclaration);
  return { ...above, ...Object.fromEntries(own.map(({ name, value }) => [declaredPrefix(name), value])) };
}

/** The same element where no child is changed. */
export function mapChildren(element: XmlElement, change: (child: XmlElement) => XmlElement): XmlElement {
  let isSame = true;
  const children = element.children.map((child): XmlNode => {
    const now = child.kind === "element" ? change(child) : child;
    if (now !== child) isSame = false;
    return now;
  });
  return isSame ? element : { ...element, children };
}

/** With the declarations of those prefixes that it uses and does not declare. */
function selfContained(element: XmlElement, scope: Scope): XmlElement {
  const missing = [...openPrefixes(element)].flatMap((prefix): XmlAttribute[] => {
    const value = scope[prefix];
    return value === undefined ? [] : [{ name: prefix === "" ? "xmlns" : `xmlns:${prefix}`, value }];
  });
  return missing.length === 0 ? element : { ...element, attributes: [...element.attributes, ...missing] };
}

/** Prefixes that are used in an element and declared above it. */
function openPrefixes(element: XmlElement): Set<string> {
  const names = element.attributes.filter((each) => !isDeclaration(each)).map(({ name }) => name);
  const used = new Set(
    [element.name, ...names.filter((name) => name.includes(":"))].map((each) => splitName(each)[0]),
  );
  for (const child of childrenOf(element)) for (const prefix of openPrefixes(child)) used.add(prefix);
  const declared = element.attributes.map(({ name }) => declaredPrefix(name));
  for (const prefix of ["xml", ...declared]) if (prefix !== null) used.delete(prefix);
  return used;
}

/** Elements of QEMU's namespace with libvirt's own prefix, and all below them; its declarations are left out. */
function asQemu(element: XmlElement, above: Scope): XmlElement {
  const scope = scopeIn(element, above);
  const [, local] = splitName(element.name);
  const isOurs = namespaceOf(element, scope) === qemuNamespace;
  const name = isOurs ? `qemu:${local}` : element.name;
  const inside = mapChildren(element, (child) => asQemu(child, scope));
  const attributes = inside.attributes.filter(
    (each) => !(isDeclaration(each) && each.value === qemuNamespace),
  );
  if (name === element.name && attributes.length === element.attributes.length) return inside;
  return { ...inside, name, attributes };
}
