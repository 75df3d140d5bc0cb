import type { Arguments } from "../../model/arguments/field.ts";
import type { Kind } from "../../model/arguments/kinds.ts";
import { isBare, readFields } from "../../model/arguments/read.ts";
import { withoutFilled } from "../../model/elements/filled.ts";
import type { Schema } from "../../model/elements/schema.ts";
import { printXml } from "../../model/xml/print.ts";
import { attributeOf, childrenOf, elementsAt, textOf, valueAt } from "../../model/xml/read.ts";
import type { XmlAttribute, XmlElement, XmlNode } from "../../model/xml/tree.ts";
import type { Change } from "../merge/change.ts";
import { mergeTrees } from "../merge/merge.ts";
import { declare } from "./declaration.ts";
import { originOf, originsOf } from "./origins.ts";

/**
 * The arguments that declare the present state of an element, so that adopting it changes nothing: typed arguments,
 * for a domain the rest as `xml`, and nothing that libvirt fills in by itself. Null when there is no such element.
 */
export function adoptedArguments(kind: Kind, inactive: XmlElement, key: string | null): Arguments | null {
  const { schema } = kind.object;
  const actual = schema.normalise(inactive);
  if (kind.key !== null) return adoptedElement(kind, actual, key ?? "");
  const written = withoutFilled(schema, actual);
  const changesOf = changesTo(schema, inactive);
  const typed = argumentsWithout(kind, readFields(kind.fields, written), changesOf);
  const rest = remainder(schema, written, schema.normalise(declare(kind, typed)), "");
  return rest === null ? typed : argumentsWithout(kind, { ...typed, xml: printXml(rest) }, changesOf);
}

/** The changes that a declaration would make. */
type ChangesOf = (desired: XmlElement) => readonly Change[];

const changesTo =
  (schema: Schema, actual: XmlElement): ChangesOf =>
  (desired) =>
    mergeTrees(schema, { recorded: null, desired, actual }).diff.changes;

function adoptedElement(kind: Kind, actual: XmlElement, key: string): Arguments | null {
  const field = kind.fields[kind.key ?? ""];
  const found = elementsAt(actual, kind.place).find((each) => {
    const isOther = Object.entries(field?.implies ?? {}).some(
      ([place, value]) => !(valueAt(each, place) ?? value).startsWith(value.replace(/-.*$/, "")),
    );
    return valueAt(each, field?.xml ?? "") === key && !isOther;
  });
  if (!found) return null;
  const alone = kind.place
    .split("/")
    .reduceRight<XmlElement>(
      (inner, name, index, steps) =>
        index === steps.length - 1 ? found : { kind: "element", name, attributes: [], children: [inner] },
      found,
    );
  const domain: XmlElement = { kind: "element", name: "domain", attributes: [], children: [alone] };
  const [written = found] = elementsAt(withoutFilled(kind.object.schema, domain), kind.place);
  return argumentsWithout(kind, readFields(kind.fields, written), changesTo(kind.object.schema, actual));
}

/** The arguments without those that would change something, except the ones that name the resource. */
export function argumentsWithout(kind: Kind, args: Arguments, changesOf: ChangesOf): Arguments {
  const changes = changesOf(declare(kind, args));
  if (changes.length === 0) return args;
  const origins = originsOf(kind, args);
  const wrong = new Set(
    changes.map((change) => originOf(change, origins)?.property.replace(/[.[].*$/, "") ?? "xml"),
  );
  const left = Object.entries(args).filter(
    ([name]) => !wrong.has(name) || name === kind.key || name === "name",
  );
  const xml = wrong.has("xml") && typeof args.xml === "string" ? withoutChanged(kind, args, changes) : null;
  const next = Object.fromEntries(xml === null ? left : [...left, ["xml", xml]]);
  return Object.keys(next).length === Object.keys(args).length && next.xml === args.xml
    ? args
    : argumentsWithout(kind, next, changesOf);
}

/** The `xml` argument without the children of `<domain>` and of `<devices>` in which something would change. */
function withoutChanged(kind: Kind, args: Arguments, changes: readonly Change[]): string | null {
  const tree = declare(kind, { xml: args.xml });
  const places = new Set(changes.map(({ steps }) => stepNames(steps)));
  const drop = (element: XmlElement, prefix: string): XmlElement => ({
    ...element,
    children: element.children.flatMap((child): XmlNode[] => {
      if (child.kind !== "element") return [child];
      const place = `${prefix}${child.name}`;
      if (places.has(place)) return [];
      return [place === "devices" ? drop(child, "devices/") : child];
    }),
  });
  const left = drop(tree, "");
  return isBare(left) ? null : printXml(left);
}

function stepNames(steps: Change["steps"]): string {
  const names = steps.flatMap((step) => (step.kind === "element" ? [step.name] : []));
  return names.slice(0, names[0] === "devices" ? 2 : 1).join("/");
}

/** The part of an element that is not declared, with the element's identity; `null` when all of it is declared. */
function remainder(
  schema: Schema,
  actual: XmlElement,
  declared: XmlElement | undefined,
  place: string,
): XmlElement | null {
  if (!declared) return isBare(actual) && place === "" ? null : actual;
  const attributes = actual.attributes.filter(({ name }) => attributeOf(declared, name) === undefined);
  const isTextTold = childrenOf(actual).length > 0 || textOf(declared) !== "" || textOf(actual) === "";
  const taken = new Set<XmlElement>();
  const children = childrenOf(actual).flatMap((child) => {
    const at = place === "" ? child.name : `${place}/${child.name}`;
    const same = childrenOf(declared, child.name).find(
      (each) => !taken.has(each) && isSame(schema, each, child, at),
    );
    if (same) taken.add(same);
    const rest = remainder(schema, child, same, at);
    return rest === null ? [] : [rest];
  });
  if (attributes.length === 0 && children.length === 0 && isTextTold) return null;
  const rest: XmlElement = { ...actual, attributes, children: isTextTold ? children : actual.children };
  const identity = schema.identities[place];
  return identity ? withIdentity(rest, actual, identity.places) : rest;
}

function isSame(schema: Schema, declared: XmlElement, actual: XmlElement, place: string): boolean {
  return (schema.identities[place]?.places ?? []).every(
    (at) => valueAt(declared, at) === valueAt(actual, at),
  );
}

/** Puts the element's identity back: attributes of its own, or of one child. */
function withIdentity(rest: XmlElement, actual: XmlElement, places: readonly string[]): XmlElement {
  let element = rest;
  for (const at of places) {
    const value = valueAt(actual, at);
    if (value === undefined || valueAt(element, at) !== undefined || !at.includes("@")) continue;
    const [owner = "", name = ""] = at.includes("/") ? at.split("/@") : ["", at.slice(1)];
    const attribute = { name, value };
    if (owner === "") element = { ...element, attributes: [attribute, ...element.attributes] };
    else element = withAttribute(element, owner, attribute);
  }
  return element;
}

function withAttribute(element: XmlElement, name: string, attribute: XmlAttribute): XmlElement {
  const [there] = childrenOf(element, name);
  const before: XmlElement = there ?? { kind: "element", name, attributes: [], children: [] };
  const child = { ...before, attributes: [attribute, ...before.attributes] };
  return { ...element, children: [...element.children.filter((each) => each !== there), child] };
}
