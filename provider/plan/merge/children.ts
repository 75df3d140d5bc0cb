import { childrenOf, textOf } from "../../model/xml/read.ts";
import type { XmlElement, XmlNode } from "../../model/xml/tree.ts";

const isBlank = (node: XmlNode | undefined) => node?.kind === "text" && node.text.trim() === "";

/** Inserts an element after the last one of its name, or at the end, with the white space of its neighbour. */
export function insertElement(children: readonly XmlNode[], element: XmlElement): readonly XmlNode[] {
  const ofName = children.findLastIndex((node) => node.kind === "element" && node.name === element.name);
  const last = ofName >= 0 ? ofName : children.findLastIndex((node) => node.kind === "element");
  const blank = children[last - 1];
  const indent = last >= 0 && blank && isBlank(blank) ? [blank] : [];
  return children.toSpliced(last < 0 ? children.length : last + 1, 0, ...indent, element);
}

/** Removes an element and the white space before it. */
export function removeElement(children: readonly XmlNode[], element: XmlElement): readonly XmlNode[] {
  const at = children.indexOf(element);
  const blanks = isBlank(children[at - 1]) ? 1 : 0;
  return children.toSpliced(at - blanks, 1 + blanks);
}

/** Replaces elements in one pass: replacing them one by one takes quadratic time. */
export function exchangeElements(
  children: readonly XmlNode[],
  changed: ReadonlyMap<XmlNode, XmlElement>,
): readonly XmlNode[] {
  return changed.size === 0 ? children : children.map((each) => changed.get(each) ?? each);
}

/** Whether the element and all elements below it have neither attributes nor text. */
export const isBare = (element: XmlElement): boolean =>
  element.attributes.length === 0 && textOf(element) === "" && childrenOf(element).every(isBare);

/** Whether the element was declared empty: then its children belong to others and must stay. */
export function isContainer(declared: XmlElement, there: XmlElement): boolean {
  return declared.attributes.length === 0 && textOf(declared) === "" && childrenOf(there).length > 0;
}
