import { bytesPerUnit } from "../values/units.ts";
import { attributeOf, childrenOf, textOf } from "../xml/read.ts";
import type { XmlElement } from "../xml/tree.ts";
import type { Schema } from "./schema.ts";

const valueNames = ["memory", "size", "value"];

/**
 * Bytes per unit of a size in the element's text, or in the attribute when one is named. Null when the value is no
 * size, such as the unit of a drive's address.
 */
export function bytesOfOne(
  { sizes }: Schema,
  place: string,
  element: XmlElement,
  attribute: string | null,
): number | null {
  if (attribute !== null && !valueNames.includes(attribute)) return null;
  if (attribute === null && childrenOf(element).length > 0) return null;
  const given = attributeOf(element, "unit");
  if (given === undefined && !sizes.unitless.test(place)) return null;
  return bytesPerUnit(given ?? bareUnit(sizes, place));
}

function bareUnit({ bare }: Schema["sizes"], place: string): string {
  return bare.find(([ends]) => ends.test(place))?.[1] ?? "KiB";
}

/**
 * The declared element with its size in the unit of the host's element, so that the two can be compared. Unchanged
 * when the element holds no size.
 */
export function inUnitOf(
  { sizes }: Schema,
  place: string,
  declared: XmlElement,
  actual: XmlElement,
): XmlElement {
  const [given, theirs] = [attributeOf(declared, "unit"), attributeOf(actual, "unit")];
  if (given === theirs) return declared;
  const unit = bareUnit(sizes, place);
  const [from, to] = [bytesPerUnit(given ?? unit), bytesPerUnit(theirs ?? unit)];
  if (from === null || to === null) return declared;
  const round = sizes.cut.test(place) ? Math.floor : Math.ceil;
  const convert = (text: string | undefined) =>
    /^\d+$/.test(text?.trim() ?? "") ? String(round((Number(text) * from) / to)) : null;
  const text = childrenOf(declared).length === 0 ? convert(textOf(declared)) : null;
  const name = valueNames.find((each) => attributeOf(declared, each) !== undefined);
  const value = text === null && name !== undefined ? convert(attributeOf(declared, name)) : null;
  if (text === null && value === null) return declared;
  const attributes = declared.attributes.flatMap((each) => {
    if (each.name === name && value !== null) return [{ name, value }];
    if (each.name !== "unit") return [each];
    return theirs === undefined ? [] : [{ name: "unit", value: theirs }];
  });
  return text === null
    ? { ...declared, attributes }
    : { ...declared, attributes, children: [{ kind: "text", text }] };
}
