import { bytesPerUnit } from "../units.ts";
import { attributeOf, childrenOf, textOf } from "../xml/read.ts";
import type { XmlElement } from "../xml/tree.ts";

/** Unit of a size that is given without one: how the place ends → unit. KiB everywhere else. */
const bare: readonly [RegExp, string][] = [
  [/\/(?:max_size|space_hard_limit|space_soft_limit|shmem\/size)$/, "bytes"],
  [/\/(?:tseg|tb-cache)$/, "MiB"],
];

const valueNames = ["memory", "size", "value"];

/**
 * The declared element with its size in the unit of the element that is there, when the sizes are the same;
 * else the size as it would be written in that unit. Unchanged when it is no size or does not come out even.
 */
export function inUnitOf(place: string, declared: XmlElement, actual: XmlElement): XmlElement {
  const theirs = attributeOf(actual, "unit");
  if (theirs === undefined) return declared;
  const ours = attributeOf(declared, "unit") ?? bare.find(([ends]) => ends.test(place))?.[1] ?? "KiB";
  if (ours === theirs) return declared;
  const [from, to] = [bytesPerUnit(ours), bytesPerUnit(theirs)];
  if (from === null || to === null) return declared;
  const convert = (text: string) =>
    /^\d+$/.test(text.trim()) ? String(Math.ceil((Number(text) * from) / to)) : null;
  const text = childrenOf(declared).length === 0 ? convert(textOf(declared)) : null;
  const name = valueNames.find((each) => attributeOf(declared, each) !== undefined);
  const value = text === null && name !== undefined ? convert(attributeOf(declared, name) ?? "") : null;
  if (text === null && value === null) return declared;
  const attributes = declared.attributes.map((each) =>
    each.name === "unit"
      ? { name: "unit", value: theirs }
      : each.name === name && value !== null
        ? { name, value }
        : each,
  );
  return text === null
    ? { ...declared, attributes }
    : { ...declared, attributes, children: [{ kind: "text", text }] };
}
