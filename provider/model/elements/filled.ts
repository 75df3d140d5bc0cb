import { childrenOf, valueAt } from "../xml/read.ts";
import type { XmlElement, XmlNode } from "../xml/tree.ts";
import type { Filled, Schema } from "./schema.ts";

/** A normalised definition without the parts that libvirt filled in, and without white space between elements. */
export function withoutFilled({ filled }: Schema, root: XmlElement): XmlElement {
  const rows = filled.filter(({ given }) => given?.(root) ?? true);
  return strip(root, "", (place, element) => rows.some((row) => isFilled(row, place, element)));
}

function strip(
  element: XmlElement,
  place: string,
  isOwn: (place: string, element: XmlElement) => boolean,
): XmlElement {
  const at = (step: string) => (place === "" ? step : `${place}/${step}`);
  const kept = element.attributes.filter(({ name }) => !isOwn(at(`@${name}`), element));
  const children = element.children.flatMap((child): XmlNode[] => {
    if (child.kind === "text") return child.text.trim() === "" || isOwn(at("text()"), element) ? [] : [child];
    if (child.kind !== "element") return [];
    const here = at(child.name);
    if (isOwn(here, child)) return [];
    const left = strip(child, here, isOwn);
    return isNothing(left) && !isNothing(child) ? [] : [left];
  });
  return { ...element, attributes: kept, children };
}

const isNothing = ({ attributes, children }: XmlElement) => attributes.length === 0 && children.length === 0;

function isFilled(row: Filled, place: string, element: XmlElement): boolean {
  return (
    fits(row.place, place) &&
    !(row.isEmpty && childrenOf(element).length > 0) &&
    Object.entries(row.when ?? {}).every(([at, value]) => value.test(valueAt(element, at) ?? ""))
  );
}

function fits(pattern: string, place: string): boolean {
  const [wanted, there] = [pattern.split("/"), place.split("/")];
  return (
    wanted.length === there.length && wanted.every((step, index) => step === "*" || step === there[index])
  );
}
