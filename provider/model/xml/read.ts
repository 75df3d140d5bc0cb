import type { XmlElement } from "./tree.ts";

/** Child elements; only those of one name when given. */
export function childrenOf(element: XmlElement, name?: string): XmlElement[] {
  const found: XmlElement[] = [];
  for (const child of element.children)
    if (child.kind === "element" && (name === undefined || child.name === name)) found.push(child);
  return found;
}

export function attributeOf(element: XmlElement | undefined, name: string): string | undefined {
  return element?.attributes.find((attribute) => attribute.name === name)?.value;
}

/** The element's text without the white space around it. */
export function textOf(element: XmlElement): string {
  return element.children
    .map((child) => (child.kind === "text" || child.kind === "cdata" ? child.text : ""))
    .join("")
    .trim();
}

/** The value at `target/@dev` or `serial` under the element; undefined when it is not there. */
export function valueAt(element: XmlElement, place: string): string | undefined {
  let here: XmlElement | undefined = element;
  for (const step of place.split("/")) {
    if (step === "." || here === undefined) continue;
    if (step.startsWith("@")) return attributeOf(here, step.slice(1));
    here = childrenOf(here, step)[0];
  }
  return here === undefined ? undefined : textOf(here);
}

/** All elements at `devices/disk` under the element. */
export function elementsAt(element: XmlElement, place: string): XmlElement[] {
  const found: XmlElement[] = [];
  collect(element, place.split("/"), 0, found);
  return found;
}

function collect(element: XmlElement, steps: readonly string[], at: number, found: XmlElement[]): void {
  for (const child of element.children) {
    if (child.kind !== "element" || child.name !== steps[at]) continue;
    if (at === steps.length - 1) found.push(child);
    else collect(child, steps, at + 1, found);
  }
}
