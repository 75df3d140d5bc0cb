/** The persistent side of a plan: the definition after the change. */
import { domainSchema } from "../model/elements/domain/schema.ts";
import type { XmlElement, XmlNode } from "../model/xml/tree.ts";
import { withCurrentMemory, withNewMacs } from "./alongside.ts";
import { yieldBootDevices } from "./bootDevices.ts";
import { libvirtHas } from "./checks/features.ts";
import type { Change } from "./merge/change.ts";
import type { Merged } from "./merge/merge.ts";
import { mergeTrees } from "./merge/merge.ts";
import type { Situation } from "./situation/situation.ts";

interface Definition {
  /** The recorded and the declared tree, with the MAC addresses that were chosen for both sides. */
  readonly recorded: XmlElement | null;
  readonly desired: XmlElement;
  readonly inactive: Merged;
  readonly changes: readonly Change[];
}

export function planDefinition(
  given: XmlElement | null,
  declared: XmlElement,
  { inactive: before, live, libvirtVersion }: Situation,
): Definition {
  const stays = (tree: XmlElement) => definableBy(libvirtVersion, tree);
  const yielded = yieldBootDevices(declared, before);
  const define = (recorded: XmlElement | null, desired: XmlElement) =>
    mergeTrees(domainSchema, {
      recorded: recorded && stays(recorded),
      desired: stays(desired),
      actual: yielded.actual,
      libvirtVersion,
    });
  const first = define(given, declared);
  const desired = withNewMacs(declared, first.diff.changes, [before, live]);
  const recorded = given === declared ? desired : given;
  const merged = desired === declared ? first : define(recorded, desired);
  const tree = withCurrentMemory(merged.tree, before, [recorded, desired]);
  const changes = [...yielded.changes, ...merged.diff.changes];
  return { recorded, desired, inactive: { ...merged, tree }, changes };
}

/**
 * The part of a declaration that libvirt can keep in a definition. Older versions keep polling only in the guest. What
 * they can't set there either stays, and is refused.
 */
export function definableBy(libvirtVersion: number, declared: XmlElement): XmlElement {
  return libvirtHas("pollingInXml", libvirtVersion) ? declared : withoutPolling(declared);
}

function withoutPolling(tree: XmlElement): XmlElement {
  const children = tree.children.flatMap((child): XmlNode[] => {
    if (child.kind !== "element") return [child];
    if (child.name !== "poll")
      return [/^(iothreadids|iothread)$/.test(child.name) ? withoutPolling(child) : child];
    const attributes = child.attributes.filter(({ name }) => !/^(max|grow|shrink)$/.test(name));
    return attributes.length === 0 ? [] : [{ ...child, attributes }];
  });
  return { ...tree, children };
}
