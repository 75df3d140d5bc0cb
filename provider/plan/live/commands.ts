/** Builds the commands for values and texts of a running domain, one function per family. */

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
/** A command with the new value as its last word, after `--`, so that virsh does not read the value as an option. */
export const value =
  (command: string, ...options: string[]): Steps =>
  (change) => {
    const text = textAfter(change);
    return text === null ? null : [{ args: [command, DOMAIN, "--live", ...options, "--", text] }];
  };

/** Sets a scheduler parameter for all threads of one kind. */
export const setParameter =
  (parameter: string): Steps =>
  (change) => {
    const text = textAfter(change);
    return text === null ? null : one("schedinfo", DOMAIN, "--set", `${parameter}=${text}`);
  };

/**
 * A command with `--edit`, which is the only way to pass a text by standard input. The host's process list shows every
 * user the words of a command, and titles and metadata may hold secrets.
 */
const edit = (stdin: string, ...args: string[]): RowStep => ({ args: [...args, "--live", "--edit"], stdin });

/** Sets a title or description; an empty text removes it. */
export const setText =
  (...options: string[]): Steps =>
  (change) => [edit(textAfter(change) ?? "", "desc", DOMAIN, ...options)];

/** The text of a new element, or the new value of a changed node; null when the node is removed. */
export function textAfter(change: Change): string | null {
  if (change.after === null) return null;
  const last = change.steps.at(-1);
  return last?.kind === "element" && change.desired ? textOf(change.desired) : change.after;
}

/** Asks the balloon for memory. libvirt refuses without the device; nothing happens without a driver in the guest. */
export const setMemory: Steps = (change, context) => {
  const [balloon] = childrenOf(context.live, "devices").flatMap((all) => childrenOf(all, "memballoon"));
  const hasBalloon = balloon !== undefined && attributeOf(balloon, "model") !== "none";
  return hasBalloon ? value("setmem")(change, context) : null;
};

export const setVcpus: Steps = (change, { live, merged }) => {
  const now = Number(valueAt(live, "vcpu/@current") ?? valueAt(live, "vcpu"));
  const then = Number(valueAt(merged, "vcpu/@current") ?? valueAt(merged, "vcpu"));
  // Removing vCPUs needs the guest's help and fails at once without it (9.0.0).
  return change.kind !== "remove" && then < now ? null : one("setvcpus", DOMAIN, String(then));
};

/** Sets or removes the one element that a namespace has in `<metadata>`, by its URI. */
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
 * The element without prefixes, because libvirt adds the prefix to every element below it, even a second time:
 * `<t:t:a>` (9.0.0). Null when an element has another namespace, which libvirt would replace.
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
