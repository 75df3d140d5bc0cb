import { printXml } from "./print.ts";
import type { XmlElement, XmlNode } from "./tree.ts";

/**
 * Prints one element per line, indented by two blanks a level like libvirt; text stays on its element's line. For
 * reading and line diffs: does not keep white space between elements.
 */
export function printIndented(element: XmlElement, depth = 0): string {
  const indent = "  ".repeat(depth);
  const inner = element.children.filter((child) => !isBlank(child));
  if (inner.length === 0 || !inner.some((child) => child.kind === "element"))
    return `${indent}${printXml({ ...element, children: inner })}\n`;
  const open = printXml({ ...element, children: [] }).replace(/\/>$/, ">");
  const lines = inner.map((child) =>
    child.kind === "element" ? printIndented(child, depth + 1) : `${indent}  ${printXml(child).trim()}\n`,
  );
  return `${indent}${open}\n${lines.join("")}${indent}</${element.name}>\n`;
}

function isBlank(node: XmlNode): boolean {
  return node.kind === "text" && node.text.trim() === "";
}
