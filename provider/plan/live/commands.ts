/** The commands for values and texts of a running domain, one builder per family. */

import { printXml } from "../../model/xml/print.ts";
import { attributeOf, childrenOf, textOf, valueAt } from "../../model/xml/read.ts";
import type { XmlElement, XmlNode } from "../../model/xml/tree.ts";
import type { Change } from "../merge/change.ts";
import { metadataIn } from "./devices.ts";
import type { Row, RowStep } from "./steps.ts";
import { DOMAIN } from "./steps.ts";

type Steps = Row["steps"];

/** One command with `--live`. */
export const one = (...args: string[]): RowStep[] => [{ args: [...args, "--live"] }];
/** A command that takes the new text or value as its last word; virsh takes none after `--` for an option. */
export const value =
  (command: string, ...options: string[]): Steps =>
  (change) => {
    const text = textAfter(change);
    return text === null ? null : [{ args: [command, DOMAIN, "--live", ...options, "--", text] }];
  };

/** A scheduler parameter of all threads of one sort. */
export const setParameter =
  (parameter: string): Steps =>
  (change) => {
    const text = textAfter(change);
    return text === null ? null : one("schedinfo", DOMAIN, "--set", `${parameter}=${text}`);
  };

/**
 * A command that opens an editor, as the only one that takes its text by standard input: words stand in the host's
 * process list, where every user reads them, and titles and metadata may hold secrets.
 */
const edit = (stdin: string, ...args: string[]): RowStep => ({ args: [...args, "--live", "--edit"], stdin });

/** Texts of the domain: an empty one takes it away. */
export const setText =
  (...options: string[]): Steps =>
  (change) => [edit(textAfter(change) ?? "", "desc", DOMAIN, ...options)];

/** Text of an element that comes whole, or the value that changes; null when it goes. */
export function textAfter(change: Change): string | null {
  if (change.after === null) return null;
  const last = change.steps.at(-1);
  return last?.kind === "element" && change.desired ? textOf(change.desired) : change.after;
}

/** A request to the balloon. Without the device libvirt refuses; without the guest's driver nothing comes of it. */
export const setMemory: Steps = (change, context) => {
  const [balloon] = childrenOf(context.live, "devices").flatMap((all) => childrenOf(all, "memballoon"));
  const hasBalloon = balloon !== undefined && attributeOf(balloon, "model") !== "none";
  return hasBalloon ? value("setmem")(change, context) : null;
};

export const setVcpus: Steps = (change, { live, merged }) => {
  const now = Number(valueAt(live, "vcpu/@current") ?? valueAt(live, "vcpu"));
  const then = Number(valueAt(merged, "vcpu/@current") ?? valueAt(merged, "vcpu"));
  // Taking vCPUs away needs the guest's help, and fails at once without it (9.0.0).
  return change.kind !== "remove" && then < now ? null : one("setvcpus", DOMAIN, String(then));
};

/** `<metadata>`: one element per namespace, set and removed by its URI. */
export const setMetadata: Steps = (change, { live, merged }) => {
  const [, step] = change.steps;
  if (step?.kind !== "element") return null;
  const [prefix, name] = step.name.includes(":") ? step.name.split(":") : ["", step.name];
  const attribute = prefix ? `xmlns:${prefix}` : "xmlns";
  const [before, after] = [live, merged].map((tree) => metadataIn(tree, change));
  const uri = attributeOf(after ?? before, attribute);
  if (!uri || !name) return null;
  if (!after) return one("metadata", DOMAIN, "--uri", uri, "--remove");
  const bare = withoutPrefix(after, prefix ? `${prefix}:` : "");
  return (
    bare && [
      edit(
        printXml({ ...bare, attributes: bare.attributes.filter((each) => each.name !== attribute) }),
        "metadata",
        DOMAIN,
        "--uri",
        uri,
        "--key",
        prefix || name,
      ),
    ]
  );
};

/**
 * libvirt gives the namespace and its prefix to every element below, again to one that has it: `<t:t:a>` (9.0.0). Null
 * where an element is of another namespace, which it would lose.
 */
function withoutPrefix(element: XmlElement, prefix: string): XmlElement | null {
  if (!element.name.startsWith(prefix) || (prefix === "" && element.name.includes(":"))) return null;
  const children: XmlNode[] = [];
  for (const child of element.children) {
    const bare = child.kind === "element" ? withoutPrefix(child, prefix) : child;
    if (!bare) return null;
    children.push(bare);
  }
  return { ...element, name: element.name.slice(prefix.length), children };
}
