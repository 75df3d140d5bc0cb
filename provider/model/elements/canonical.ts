import type { XmlElement, XmlNode } from "../xml/tree.ts";
import { withOwnNamespaces, withoutNamespaces } from "./namespace.ts";
import type { Schema } from "./schema.ts";

/** Canonical element → the element that it was made from. */
export type Originals = Map<XmlNode, XmlElement>;

/** A declaration in canonical form. */
export function canonicalDeclared(schema: Schema, root: XmlElement): XmlElement {
  return withoutNamespaces(canonicalTree(schema, root, new Map()));
}

/**
 * An object in canonical form: libvirt's own way of naming, splitting, placing and numbering elements. An element
 * that is canonical already is returned as the same object, so that a merge rewrites only what differs.
 */
export function canonicalTree(schema: Schema, root: XmlElement, originals: Originals): XmlElement {
  const normal = schema.normalise(withOwnNamespaces(schema, root, originals));
  return rewrite(schema.rewrites, normal, "", originals);
}

/** Puts the originals of all canonical elements back that the merge did not change. */
export function restoreOriginals(node: XmlElement, originals: Originals): XmlElement {
  const original = originals.get(node);
  if (original) return original;
  let isSame = true;
  const children = node.children.map((child) => {
    const now = child.kind === "element" ? restoreOriginals(child, originals) : child;
    if (now !== child) isSame = false;
    return now;
  });
  return isSame ? node : { ...node, children };
}

function rewrite(
  rewrites: Schema["rewrites"],
  element: XmlElement,
  place: string,
  originals: Originals,
): XmlElement {
  let children: XmlNode[] | null = null;
  const { length } = element.children;
  for (let i = 0; i < length; i++) {
    const child = element.children[i];
    if (child === undefined) continue;
    const now = child.kind === "element" ? rewriteOne(rewrites, child, place, originals) : child;
    if (now !== child && children === null) children = element.children.slice(0, i);
    if (children === null) continue;
    if ("kind" in now) children.push(now);
    else children.push(...now);
  }
  if (children === null) return element;
  const changed = { ...element, children };
  originals.set(changed, element);
  return changed;
}

function rewriteOne(
  rewrites: Schema["rewrites"],
  child: XmlElement,
  above: string,
  originals: Originals,
): XmlElement | readonly XmlElement[] {
  const place = above === "" ? child.name : `${above}/${child.name}`;
  const now = rewrites[place]?.(child) ?? child;
  return "kind" in now
    ? rewrite(rewrites, now, place, originals)
    : now.map((each) => rewrite(rewrites, each, place, originals));
}
