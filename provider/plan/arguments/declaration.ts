import type { Arguments } from "../../model/arguments/field.ts";
import type { Kind } from "../../model/arguments/kinds.ts";
import { parseXmlArgument, printTyped } from "../../model/arguments/kinds.ts";
import { valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import { emptyDomain } from "../../model/xml/tree.ts";
import { layDomain } from "../merge/merge.ts";

/** Of what was asked last: a resource is checked and compared in turn. */
let last = { kind: "", args: "", tree: emptyDomain };

/** What a resource's arguments declare, as a `<domain>` that holds nothing else: typed ones over `xml`. */
export function declare(kind: Kind, args: Arguments): XmlElement {
  const text = JSON.stringify(args);
  if (last.kind !== kind.name || last.args !== text)
    last = { kind: kind.name, args: text, tree: makeTree(kind, args) };
  return last.tree;
}

function makeTree(kind: Kind, args: Arguments): XmlElement {
  const typed = printTyped(kind, args);
  const xml = parseXmlArgument(args);
  return xml ? layDomain(typed, xml).tree : typed;
}

/** Name of the domain that a resource is, or belongs to. */
export function domainNameOf(kind: Kind, args: Arguments): string {
  if (kind.name !== "Domain") return String(args.domain);
  return String(args.name ?? valueAt(declare(kind, args), "name"));
}
