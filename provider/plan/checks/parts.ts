/** Leaves parts out of a declaration, to find the smallest part that a host's libvirt does not know. */

import { domainSchema } from "../../model/elements/domain/schema.ts";
import { parseDomainXml } from "../../model/xml/parse.ts";
import { childrenOf } from "../../model/xml/read.ts";
import type { XmlAttribute, XmlElement, XmlNode } from "../../model/xml/tree.ts";
import type { PathStep } from "../merge/change.ts";
import { printPath } from "../merge/path.ts";
import type { Spot } from "../merge/walk.ts";
import { spotOf } from "../merge/walk.ts";

/** A declared attribute or child element. */
export interface Part {
  readonly node: XmlElement | XmlAttribute;
  readonly spot: Spot;
}

/** The smallest domain that libvirt's schema accepts (9.0.0). */
export const leastDomain = parseDomainXml(
  "<domain type='kvm'><name>n</name><memory>1024</memory><os><type>hvm</type></os></domain>",
);

export const root: Spot = { place: "", steps: [] };

/** Lists the attributes and children of an element, without its namespace declarations. */
export function partsOf(element: XmlElement, spot: Spot): Part[] {
  const attributes = element.attributes
    .filter(({ name }) => !/^xmlns(?::|$)/.test(name))
    .map((node): Part => {
      const steps: readonly PathStep[] = [...spot.steps, { kind: "attribute", name: node.name }];
      return { node, spot: { place: `${spot.place}/@${node.name}`, steps } };
    });
  const counts = new Map<string, number>();
  const children = childrenOf(element).map((node): Part => {
    const position = counts.get(node.name) ?? 0;
    counts.set(node.name, position + 1);
    return { node, spot: spotOf(domainSchema, node, spot, position) };
  });
  return [...attributes, ...children];
}

/** The places of a part and of everything in it. */
export function placesIn({ node, spot }: Part): string[] {
  return [spot.place, ...("kind" in node ? partsOf(node, spot).flatMap(placesIn) : [])];
}

/** The part itself, or what it holds as long as that is one thing: an argument's value in elements around it. */
export function innermost(part: Part): Part {
  const [only, ...others] = "kind" in part.node ? partsOf(part.node, part.spot) : [];
  return only && others.length === 0 ? innermost(only) : part;
}

/** Returns the tree without these nodes. Subtrees that contain none of them stay the same objects. */
export function without(tree: XmlElement, nodes: ReadonlySet<XmlElement | XmlAttribute>): XmlElement {
  const attributes = tree.attributes.filter((each) => !nodes.has(each));
  const children = tree.children.flatMap((child): XmlNode[] => {
    if (child.kind !== "element") return [child];
    return nodes.has(child) ? [] : [without(child, nodes)];
  });
  const isSame =
    attributes.length === tree.attributes.length &&
    children.length === tree.children.length &&
    children.every((child, index) => child === tree.children[index]);
  return isSame ? tree : { ...tree, attributes, children };
}

/** Returns the tree without the nodes at these printed paths. */
export function withoutPaths(tree: XmlElement, paths: ReadonlySet<string>): XmlElement {
  const nodes = new Set<XmlElement | XmlAttribute>();
  const walk = (element: XmlElement, spot: Spot): void => {
    for (const part of partsOf(element, spot)) {
      if (paths.has(printPath(part.spot.steps))) nodes.add(part.node);
      else if ("kind" in part.node) walk(part.node, part.spot);
    }
  };
  walk(tree, root);
  return without(tree, nodes);
}

/** Whether the part contains nothing that could be left out separately. */
export function isLeaf({ node }: Part): boolean {
  return !("kind" in node) || partsOf(node, root).length === 0;
}

/** Whether the declaration has a node at this place. */
export function isIn(tree: XmlElement | null, steps: readonly PathStep[]): boolean {
  const path = printPath(steps);
  const has = (element: XmlElement, spot: Spot): boolean =>
    partsOf(element, spot).some(
      (part) => printPath(part.spot.steps) === path || ("kind" in part.node && has(part.node, part.spot)),
    );
  return tree !== null && has(tree, root);
}
