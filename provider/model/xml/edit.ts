import type { XmlElement } from "./tree.ts";

/** The element with a change made to each child of this name. */
export function mapChildren(
  element: XmlElement,
  name: string,
  change: (child: XmlElement) => XmlElement,
): XmlElement {
  const children = element.children.map((child) =>
    child.kind === "element" && child.name === name ? change(child) : child,
  );
  return { ...element, children };
}
