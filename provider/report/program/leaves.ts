import type { XmlElement } from "../../model/xml/tree.ts";
import type { Literal, LiteralObject } from "./literal.ts";
import { XmlLiteral } from "./literal.ts";

export interface Leaf {
  /** Path below the arguments: `disks/0/source/file`, `xml/devices/interface/0/mac/@address`. */
  readonly path: readonly string[];
  readonly value: string | number;
  readonly isXml: boolean;
}

/** Copies a value and replaces its numbers and strings; in XML, strings only. */
export function mapLeaves(
  value: Literal,
  change: (leaf: Leaf) => string | number,
  path: readonly string[] = [],
): Literal {
  if (typeof value === "boolean") return value;
  if (typeof value !== "object") return change({ path, value, isXml: false });
  if (value instanceof XmlLiteral) return new XmlLiteral(mapXml(value.element, change, path));
  if (Array.isArray(value))
    return value.map((item: Literal, index) => mapLeaves(item, change, [...path, String(index)]));
  return mapObject(value as LiteralObject, change, path);
}

export function mapObject(
  value: LiteralObject,
  change: (leaf: Leaf) => string | number,
  path: readonly string[] = [],
): LiteralObject {
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, mapLeaves(item, change, [...path, name])]),
  );
}

function mapXml(
  element: XmlElement,
  change: (leaf: Leaf) => string | number,
  path: readonly string[],
): XmlElement {
  const leaf = (at: readonly string[], value: string) => String(change({ path: at, value, isXml: true }));
  return {
    ...element,
    attributes: element.attributes.map(({ name, value }) => ({
      name,
      value: leaf([...path, `@${name}`], value),
    })),
    children: element.children.map((child, index) => {
      if (child.kind === "element") return mapXml(child, change, [...path, String(index), child.name]);
      return child.kind === "text" ? { ...child, text: leaf([...path, "text()"], child.text) } : child;
    }),
  };
}
