import { childrenOf } from "../xml/read.ts";
import type { XmlElement } from "../xml/tree.ts";
import { declaredPrefix, mapChildren, namespaceOf, splitName } from "./namespace.ts";

/**
 * The declaration with the prefixes that the host's metadata uses for the same namespaces: `<a:app xmlns:a='urn:x'>`
 * and `<b:app xmlns:b='urn:x'>` are the same element. Both arguments are canonical.
 */
export function withPrefixesOf(declared: XmlElement, actual: XmlElement): XmlElement {
  const there = childrenOf(actual, "metadata").flatMap((metadata) => childrenOf(metadata));
  if (there.length === 0 || childrenOf(declared, "metadata").length === 0) return declared;
  const within = (metadata: XmlElement): XmlElement =>
    mapChildren(metadata, (child) => {
      const namespace = namespaceOf(child);
      const [, local] = splitName(child.name);
      const same = there.find((each) => namespaceOf(each) === namespace && splitName(each.name)[1] === local);
      if (namespace === undefined || !same || same.name === child.name) return child;
      return respelled(child, declarationsIn(child), prefixesIn(same));
    });
  return mapChildren(declared, (child) => (child.name === "metadata" ? within(child) : child));
}

/** Prefix → namespace, for all declarations in an element and below it. */
function declarationsIn(element: XmlElement, found = new Map<string, string>()): Map<string, string> {
  for (const { name, value } of element.attributes) {
    const prefix = declaredPrefix(name);
    if (prefix !== null && !found.has(prefix)) found.set(prefix, value);
  }
  for (const child of childrenOf(element)) declarationsIn(child, found);
  return found;
}

/** Namespace → prefix, for the same declarations. */
const prefixesIn = (element: XmlElement) =>
  new Map([...declarationsIn(element)].toReversed().map(([prefix, namespace]) => [namespace, prefix]));

function respelled(
  element: XmlElement,
  namespaces: ReadonlyMap<string, string>,
  prefixes: ReadonlyMap<string, string>,
): XmlElement {
  const prefixOf = (prefix: string) => prefixes.get(namespaces.get(prefix) ?? "") ?? prefix;
  const nameIn = (name: string) => {
    const [prefix, local] = splitName(name);
    const now = prefixOf(prefix);
    return now === "" ? local : `${now}:${local}`;
  };
  const attributes = element.attributes.map(({ name, value }) => {
    const declares = declaredPrefix(name);
    if (declares === null) return { name: name.includes(":") ? nameIn(name) : name, value };
    const now = prefixOf(declares);
    return { name: now === "" ? "xmlns" : `xmlns:${now}`, value };
  });
  const inside = mapChildren(element, (child) => respelled(child, namespaces, prefixes));
  return { ...inside, name: nameIn(element.name), attributes };
}
