/**
 * Finds the secrets among arguments: values that look secret, by the words in elements/secrets.ts and the places in the
 * object's own table, and values that the program marks as secret.
 */

import { holdsSecret, mayHoldSecret, secretValues } from "../elements/redact.ts";
import { XmlError } from "../xml/parse.ts";
import type { XmlElement } from "../xml/tree.ts";
import { checkFields } from "./check.ts";
import type { Arguments } from "./field.ts";
import type { AnyKind } from "./kinds.ts";
import { parseXmlArgument, printTyped } from "./kinds.ts";

/** Names of the given arguments that hold a value that looks secret; their values are kept encrypted. */
export function secretArguments(kind: AnyKind, args: Arguments): string[] {
  return Object.keys(args).filter((name) => {
    const tree = treeOf(kind, name, args[name]);
    return tree !== null && holdsSecret(kind.object.schema, tree);
  });
}

/** Values among the arguments that look secret. */
export function secretTexts(kind: AnyKind, args: Arguments): string[] {
  return Object.keys(args).flatMap((name) => {
    const tree = treeOf(kind, name, args[name]);
    return tree === null ? [] : secretValues(kind.object.schema, tree);
  });
}

/** The XML of one argument; null when it can hold no secret, or when the check refuses it, so that nobody keeps it. */
function treeOf(kind: AnyKind, name: string, value: unknown): XmlElement | null {
  const field = kind.fields[name];
  if (name === "xml" && kind.name === "Domain") return parsed(kind, value);
  const isText = typeof value === "string" || (typeof value === "object" && value !== null);
  if (!isText || field?.xml === undefined || !mayHoldSecret(JSON.stringify(value))) return null;
  return checkFields({ [name]: field }, { [name]: value }).length > 0
    ? null
    : printTyped(kind, { [name]: value });
}

/**
 * All texts and numbers in marked arguments, both as written and as printed in the XML (`4 MiB` becomes 4096). Leaves
 * out the arguments that name the resource, because they are part of its public id.
 */
export function markedTexts(kind: AnyKind, args: Arguments, marked: ReadonlySet<string>): string[] {
  const naming = ["host", "domain", "pool", "name", kind.key];
  const names = Object.keys(args).filter(
    (name) => marked.has(name) && Object.hasOwn(kind.fields, name) && !naming.includes(name),
  );
  return names.flatMap((name) => {
    const { [name]: field } = kind.fields;
    const value = args[name];
    if (name === "xml") return typeof value === "string" ? [value, ...leavesOfXml(kind, value)] : [];
    const isFine = field !== undefined && checkFields({ [name]: field }, { [name]: value }).length === 0;
    return [...leavesOf(value), ...(isFine ? textsIn(printTyped(kind, { [name]: value })) : [])];
  });
}

function leavesOf(value: unknown): string[] {
  if (typeof value === "string" || typeof value === "number") return [String(value)];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(leavesOf) : [];
}

/** The texts of an `xml` argument that is secret as a whole, except libvirt's own words. */
function leavesOfXml(kind: AnyKind, xml: string): string[] {
  const tree = kind.name === "Domain" ? parsed(kind, xml) : null;
  if (!tree) return [];
  const identity = new Set(["name", "uuid"]);
  const children = tree.children.filter((child) => child.kind !== "element" || !identity.has(child.name));
  return textsIn({ ...tree, children }).filter((text) => !/^[a-z]{1,11}$/.test(text));
}

function textsIn(element: XmlElement): string[] {
  return [
    ...element.attributes.flatMap(({ name, value }) => (/^xmlns(?::|$)/.test(name) ? [] : [value])),
    ...element.children.flatMap((child) => (child.kind === "element" ? textsIn(child) : [child.text.trim()])),
  ];
}

function parsed(kind: AnyKind, xml: unknown): XmlElement | null {
  try {
    return parseXmlArgument(kind, { xml });
  } catch (error) {
    if (error instanceof XmlError) return null;
    throw error;
  }
}
