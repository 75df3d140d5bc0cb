import { childrenOf, textOf } from "../../model/xml/read.ts";
import type { XmlElement, XmlNode } from "../../model/xml/tree.ts";

const isBlank = (node: XmlNode | undefined) => node?.kind === "text" && node.text.trim() === "";

/** Puts an element behind the last of its name, else last, with the white space that its neighbour has. */
export function insertElement(children: readonly XmlNode[], element: XmlElement): readonly XmlNode[] {
  const ofName = children.findLastIndex((node) => node.kind === "element" && node.name === element.name);
  const last = ofName >= 0 ? ofName : children.findLastIndex((node) => node.kind === "element");
  const blank = children[last - 1];
  const indent = last >= 0 && blank && isBlank(blank) ? [blank] : [];
  return children.toSpliced(last < 0 ? children.length : last + 1, 0, ...indent, element);
}

/** Takes an element out, with the white space before it. */
export function removeElement(children: readonly XmlNode[], element: XmlElement): readonly XmlNode[] {
  const at = children.indexOf(element);
  const blanks = isBlank(children[at - 1]) ? 1 : 0;
  return children.toSpliced(at - blanks, 1 + blanks);
}

/** All at once, since one after the other costs the square of their number. */
export function exchangeElements(
  children: readonly XmlNode[],
  changed: ReadonlyMap<XmlNode, XmlElement>,
): readonly XmlNode[] {
  return changed.size === 0 ? children : children.map((each) => changed.get(each) ?? each);
}

/** Whether neither it nor what is in it says anything. */
export const isBare = (element: XmlElement): boolean =>
  element.attributes.length === 0 && textOf(element) === "" && childrenOf(element).every(isBare);

/** Whether it was declared empty: then what others have put into it is not ours to remove. */
export function isContainer(declared: XmlElement, there: XmlElement): boolean {
  return declared.attributes.length === 0 && textOf(declared) === "" && childrenOf(there).length > 0;
}
