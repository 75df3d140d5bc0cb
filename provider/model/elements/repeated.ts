import { childrenOf } from "../xml/read.ts";
import type { XmlElement } from "../xml/tree.ts";
import type { Schema } from "./schema.ts";

/** Whether libvirt ignores this child of `above` because it reads another element of the same name instead. */
export function isSuperseded(
  { countingAt, repeated: { nameOf } }: Schema,
  element: XmlElement,
  above: XmlElement | undefined,
  place: string,
): boolean {
  const counting = above && countingAt(place);
  if (!counting) return false;
  const name = nameOf(element);
  const same = childrenOf(above, element.name).filter((each) => nameOf(each) === name);
  return same.length > 1 && same.at(counting === "first" ? 0 : -1) !== element;
}
