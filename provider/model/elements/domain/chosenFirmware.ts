import { childrenOf, valueAt } from "../../xml/read.ts";
import type { XmlElement } from "../../xml/tree.ts";
import type { ThreeTrees } from "../schema.ts";

/** What libvirt writes into a definition when it chooses the image for `firmware`. */
const chosen = ["firmware", "loader", "nvram"];

/**
 * Adds to what is recorded the image that libvirt chose for a `firmware` that is no longer declared, so that a merge
 * removes it. libvirt 9.0 does not write it into the definition. 11.3 and 12.8 do: they refuse the definition with the
 * image's features alone (`cannot use feature-based firmware autoselection when firmware autoselection is disabled`),
 * and set `firmware` again when they find the image alone.
 */
export function withChosenFirmware({ recorded, desired, actual }: ThreeTrees): XmlElement | null {
  const was = recorded && valueAt(recorded, "os/@firmware");
  if (!recorded || !was || valueAt(desired, "os/@firmware") === was) return recorded;
  if (valueAt(actual, "os/@firmware") !== was) return recorded;
  const [os] = childrenOf(recorded, "os");
  const there = childrenOf(actual, "os").flatMap((each) => childrenOf(each));
  const image = there.filter(({ name }) => chosen.includes(name));
  if (!os || image.length === 0) return recorded;
  const own = os.children.filter((child) => child.kind !== "element" || !chosen.includes(child.name));
  const withImage = { ...os, children: [...own, ...image] };
  return { ...recorded, children: recorded.children.map((child) => (child === os ? withImage : child)) };
}
