import type { Arguments } from "../../model/arguments/field.ts";
import type { AnyKind, Kind } from "../../model/arguments/kinds.ts";
import { parseXmlArgument, printTyped } from "../../model/arguments/kinds.ts";
import { valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import { layTree } from "../merge/merge.ts";

/** Cache of trees by their arguments: one operation asks for them several times. */
const trees = new WeakMap<Arguments, Map<string, XmlElement>>();

/** The declaration of a resource: an object that holds nothing else, such as a `<domain>`: typed arguments over `xml`. */
export function declare(kind: AnyKind, args: Arguments): XmlElement {
  const byKind = trees.get(args) ?? new Map<string, XmlElement>();
  trees.set(args, byKind);
  const tree = byKind.get(kind.name) ?? makeTree(kind, args);
  byKind.set(kind.name, tree);
  return tree;
}

function makeTree(kind: AnyKind, args: Arguments): XmlElement {
  const typed = printTyped(kind, args);
  const xml = parseXmlArgument(kind, args);
  return xml ? layTree(kind.object.schema, typed, xml).tree : typed;
}

/** Name of the domain that the resource is, or belongs to. */
export function domainNameOf(kind: Kind, args: Arguments): string {
  if (kind.name !== "Domain") return String(args.domain);
  return String(args.name ?? valueAt(declare(kind, args), "name"));
}
