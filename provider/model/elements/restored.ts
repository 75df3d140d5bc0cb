import { printXml } from "../xml/print.ts";
import { attributeOf, childrenOf, valueAt } from "../xml/read.ts";
import type { XmlElement, XmlNode } from "../xml/tree.ts";
import { isWhole, keyOf } from "./identity.ts";
import type { Schema } from "./schema.ts";

/**
 * The recorded declaration without the parts that libvirt would put back after their removal. The merge then leaves
 * those parts in place, as if no program had declared them.
 * @param desired The current declaration; nothing that it declares is left out.
 * @param merged The whole object after a merge that removes everything that is no longer declared.
 */
export function withoutRestored(
  schema: Schema,
  recorded: XmlElement,
  desired: XmlElement,
  merged: XmlElement,
): XmlElement {
  return strip({ schema, merged }, recorded, desired, "");
}

interface Whole {
  readonly schema: Schema;
  readonly merged: XmlElement;
}

function strip(whole: Whole, was: XmlElement, now: XmlElement | null, place: string): XmlElement {
  const { schema } = whole;
  const at = (step: string) => (place === "" ? step : `${place}/${step}`);
  const attributes = was.attributes.filter(
    ({ name }) => (now && attributeOf(now, name) !== undefined) || !comesBack(whole, at(`@${name}`), was),
  );
  const children = was.children.flatMap((child): XmlNode[] => {
    if (child.kind !== "element") return [child];
    const here = at(child.name);
    const same = now && counterpartOf(schema, child, was, now, here);
    if (!same && comesBack(whole, here, child)) return [];
    // A device is removed whole.
    if (!same && isWhole(schema, here)) return [child];
    const left = strip(whole, child, same ?? null, here);
    return left !== child && isEmpty(left) ? [] : [left];
  });
  const isUntouched =
    attributes.length === was.attributes.length &&
    children.length === was.children.length &&
    children.every((each, index) => each === was.children[index]);
  return isUntouched ? was : { ...was, attributes, children };
}

const isEmpty = ({ attributes, children }: XmlElement) => attributes.length + children.length === 0;

/** The current declaration of a recorded element: the one of the same identity, or the only one of its name. */
function counterpartOf(
  schema: Schema,
  child: XmlElement,
  was: XmlElement,
  now: XmlElement,
  place: string,
): XmlElement | undefined {
  const others = childrenOf(now, child.name);
  const key = keyOf(schema, child, place);
  if (key !== null) return others.find((other) => keyOf(schema, other, place) === key);
  const isLone = others.length === 1 && childrenOf(was, child.name).length === 1;
  return isLone ? others[0] : others.find((other) => printXml(other) === printXml(child));
}

function comesBack({ schema, merged }: Whole, place: string, element: XmlElement): boolean {
  return schema.restored.some(
    (row) =>
      row.place === place &&
      (row.place.includes("@") || !row.isBare || childrenOf(element).length === 0) &&
      Object.entries(row.when ?? {}).every(([at, value]) => value.test(valueAt(element, at) ?? "")) &&
      (row.given?.(merged) ?? true),
  );
}
