import type { XmlElement } from "./tree.ts";

/** Child elements, of one name when given. */
export function childrenOf(element: XmlElement, name?: string): XmlElement[] {
  return element.children.filter(
    (child): child is XmlElement => child.kind === "element" && (name === undefined || child.name === name),
  );
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
  return place
    .split("/")
    .reduce<XmlElement[]>((found, step) => found.flatMap((each) => childrenOf(each, step)), [element]);
}
