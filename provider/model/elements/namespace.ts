import { attributeOf, childrenOf } from "../xml/read.ts";
import type { XmlAttribute, XmlElement, XmlNode } from "../xml/tree.ts";
import type { Schema } from "./schema.ts";

/** The namespace of an extension, with the prefix that libvirt prints. */
type Extension = Schema["namespace"];

/** Prefix → namespace, of everything declared from the root down to an element; `""` is the default one. */
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

/** Without namespaces on the root: what uses one declares it itself, and libvirt keeps none that nothing uses. */
export function withoutNamespaces(root: XmlElement): XmlElement {
  if (!root.attributes.some(isDeclaration)) return root;
  return { ...root, attributes: root.attributes.filter((each) => !isDeclaration(each)) };
}

/** Declares the namespace of the extension where its elements are used. */
export function withNamespace({ namespace: { prefix, uri } }: Schema, root: XmlElement): XmlElement {
  const name = `xmlns:${prefix}`;
  const isUsed = root.children.some(
    (child) => child.kind === "element" && child.name.startsWith(`${prefix}:`),
  );
  if (!isUsed || attributeOf(root, name) !== undefined) return root;
  return { ...root, attributes: [...root.attributes, { name, value: uri }] };
}

/**
 * An object in which no element depends on a prefix that is declared further up. Elements of the extension, as QEMU's,
 * are `qemu:` whatever prefix they were written with, as libvirt prints them. Every other element that has a namespace
 * declares it itself: libvirt 9.0.0 moves declarations from `<domain>` to `<metadata>`.
 */
export function withOwnNamespaces(
  { namespace }: Schema,
  root: XmlElement,
  originals: Map<XmlNode, XmlElement>,
): XmlElement {
  const scope = scopeIn(root, {});
  return mapChildren(root, (child) => {
    const own = withOwn(child, scope, namespace);
    if (own !== child) originals.set(own, child);
    return own;
  });
}

function withOwn(child: XmlElement, scope: Scope, extension: Extension): XmlElement {
  if (child.name === "metadata") {
    const inner = scopeIn(child, scope);
    const own = mapChildren(child, (each) => selfContained(each, inner));
    return own.attributes.some(isDeclaration) ? withoutNamespaces(own) : own;
  }
  if (!child.name.includes(":") && attributeOf(child, "xmlns") === undefined) return child;
  if (namespaceOf(child, scope) === extension.uri) return asExtension(child, scope, extension);
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

/** Elements of the extension with libvirt's own prefix, and all below them; its declarations are left out. */
function asExtension(element: XmlElement, above: Scope, extension: Extension): XmlElement {
  const scope = scopeIn(element, above);
  const [, local] = splitName(element.name);
  const isOurs = namespaceOf(element, scope) === extension.uri;
  const name = isOurs ? `${extension.prefix}:${local}` : element.name;
  const inside = mapChildren(element, (child) => asExtension(child, scope, extension));
  const attributes = inside.attributes.filter(
    (each) => !(isDeclaration(each) && each.value === extension.uri),
  );
  if (name === element.name && attributes.length === element.attributes.length) return inside;
  return { ...inside, name, attributes };
}
