import { attributeOf, childrenOf } from "../xml/read.ts";
import type { XmlAttribute, XmlElement, XmlNode } from "../xml/tree.ts";
import type { Schema } from "./schema.ts";

/** The namespace of an extension, with the prefix that libvirt prints. */
type Extension = Schema["namespace"];

/** Prefix → namespace, for all declarations from the root down to an element; `""` is the default namespace. */
type Scope = Readonly<Record<string, string>>;

/** The prefix that an attribute declares (`xmlns:a` declares `a`); null for any other attribute. */
export function declaredPrefix(name: string): string | null {
  if (name === "xmlns") return "";
  return name.startsWith("xmlns:") ? name.slice("xmlns:".length) : null;
}

/** `qemu:arg` → `["qemu", "arg"]`. */
export function splitName(name: string): readonly [string, string] {
  const at = name.indexOf(":");
  return at < 0 ? ["", name] : [name.slice(0, at), name.slice(at + 1)];
}

/**
 * Removes the namespace declarations of the root. The elements that need one declare it themselves here, and libvirt
 * drops a declaration that nothing uses.
 */
export function withoutNamespaces(root: XmlElement): XmlElement {
  if (!root.attributes.some(isDeclaration)) return root;
  return { ...root, attributes: root.attributes.filter((each) => !isDeclaration(each)) };
}

/** Declares the namespace of the extension on the root when the root has elements of it. */
export function withNamespace({ namespace: { prefix, uri } }: Schema, root: XmlElement): XmlElement {
  const name = `xmlns:${prefix}`;
  const isUsed = root.children.some(
    (child) => child.kind === "element" && child.name.startsWith(`${prefix}:`),
  );
  if (!isUsed || attributeOf(root, name) !== undefined) return root;
  return { ...root, attributes: [...root.attributes, { name, value: uri }] };
}

/**
 * Makes every element independent of prefixes that are declared above it. Elements of the extension get the prefix
 * that libvirt prints (`qemu:`), whatever prefix the program uses. Every other element with a namespace declares it
 * itself, because libvirt 9.0.0 moves declarations from `<domain>` to `<metadata>`.
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

/** The namespace of an element, from its own declaration or from the scope; undefined when it has none. */
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

/** Applies `change` to each child element. Returns the same object when no child changes. */
export function mapChildren(element: XmlElement, change: (child: XmlElement) => XmlElement): XmlElement {
  let isSame = true;
  const children = element.children.map((child): XmlNode => {
    const now = child.kind === "element" ? change(child) : child;
    if (now !== child) isSame = false;
    return now;
  });
  return isSame ? element : { ...element, children };
}

/** Adds a declaration for each prefix that the element uses and does not declare. */
function selfContained(element: XmlElement, scope: Scope): XmlElement {
  const missing = [...openPrefixes(element)].flatMap((prefix): XmlAttribute[] => {
    const value = scope[prefix];
    return value === undefined ? [] : [{ name: prefix === "" ? "xmlns" : `xmlns:${prefix}`, value }];
  });
  return missing.length === 0 ? element : { ...element, attributes: [...element.attributes, ...missing] };
}

/** Prefixes that an element uses and that are declared above it. */
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

/**
 * Gives elements of the extension libvirt's own prefix, here and below, and removes the declarations of the
 * extension's namespace.
 */
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
