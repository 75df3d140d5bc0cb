import { printXml } from "../xml/print.ts";
import { attributeOf } from "../xml/read.ts";
import type { XmlElement, XmlNode } from "../xml/tree.ts";
import type { Schema } from "./schema.ts";
import { harmlessNames, tellingName, tellingText, tellingUrl } from "./secrets.ts";

/** Replaces a secret in every output. */
export const hidden = "[secret]";

/**
 * A copy of an element with its secrets hidden.
 * @param path Element names from below the root down to the element itself.
 */
export function redact(schema: Schema, element: XmlElement, path: readonly string[] = []): XmlElement {
  const rows = schema.secrets.filter(({ place }) => matches(place.split("/"), path.map(localName)));
  const all = path.some(isTelling) || isNamedTelling(element);
  const isSecret = (name: string | null, value: string) =>
    all ||
    (name !== null && isTelling(name)) ||
    tellingUrl.test(value) ||
    rows.some(
      ({ attributes, text, when }) =>
        (name === null ? text : attributes?.includes(name) || attributes?.includes("*")) &&
        (when === undefined || when.test(value)),
    );
  const attributes = element.attributes.map(({ name, value }) =>
    !/^xmlns(?::|$)/.test(name) && value !== "" && !isKeyOf(element, name) && isSecret(name, value)
      ? { name, value: hidden }
      : { name, value },
  );
  const children = element.children.map((child): XmlNode => {
    if (child.kind === "element") return redact(schema, child, [...path, child.name]);
    if (child.text.trim() === "") return child;
    if (child.kind === "comment" || child.kind === "instruction")
      return all || tellingText.test(child.text) ? { ...child, text: hidden } : child;
    return isSecret(null, child.text.trim()) ? { ...child, text: hidden } : child;
  });
  return { ...element, attributes, children };
}

const localName = (name: string) => name.slice(name.indexOf(":") + 1);

function isTelling(name: string): boolean {
  const local = localName(name);
  return tellingName.test(local) && !harmlessNames.has(local);
}

/** Attributes that name what the element's other attributes hold: `<param name='password' value='…'/>`. */
const keys = ["name", "key"];

function isNamedTelling(element: XmlElement): boolean {
  return keys.some((key) => isTellingKey(attributeOf(element, key) ?? ""));
}

/**
 * Whether a key announces that the attribute beside it holds a secret, as `password` does. A key such as `i?token=…` or
 * `password=…` holds the secret itself, so it announces nothing and must be hidden.
 */
function isTellingKey(value: string): boolean {
  return isTelling(value) && !/[?&=@]/.test(value);
}

/** Whether the attribute names what the others hold (`name='password'`): it is no secret itself, so it is shown. */
function isKeyOf(element: XmlElement, name: string): boolean {
  return keys.includes(name) && isTellingKey(attributeOf(element, name) ?? "") && element.name !== "secret";
}

/** Whether an argument's text may hold a secret: a quick test that saves printing the argument as XML. */
export function mayHoldSecret(text: string): boolean {
  return tellingText.test(text) || text.includes('"query"');
}

/** Whether anything in an object's XML must be hidden. */
export function holdsSecret(schema: Schema, root: XmlElement): boolean {
  return printXml(redact(schema, root)) !== printXml(root);
}

/** A single value as `redact` would print it: the value of `attribute` when given, else the element's text. */
export function redactValue(
  schema: Schema,
  value: string,
  path: readonly string[],
  attribute: string | null,
): string {
  const node: XmlElement = {
    kind: "element",
    name: path.at(-1) ?? "",
    attributes: attribute === null ? [] : [{ name: attribute, value }],
    children: attribute === null ? [{ kind: "text", text: value }] : [],
  };
  const { attributes, children } = redact(schema, node, path);
  const [text] = children;
  return attributes[0]?.value ?? (text?.kind === "text" ? text.text : value);
}

/** Whether the hidden value at that place is only the name of a secret that libvirt keeps. */
export function isReference(schema: Schema, path: readonly string[]): boolean {
  return schema.secrets.some((row) => row.isReference && matches(row.place.split("/"), path));
}

/** The values that `redact` hides, except the names of secrets that libvirt keeps. */
export function secretValues(schema: Schema, root: XmlElement): string[] {
  return valuesHidden(schema, root, redact(schema, root), []);
}

function valuesHidden(
  schema: Schema,
  element: XmlElement,
  shown: XmlElement,
  path: readonly string[],
): string[] {
  if (isReference(schema, path.map(localName))) return [];
  const own = element.attributes.flatMap(({ value }, index) =>
    shown.attributes[index]?.value === value ? [] : [value],
  );
  const below = element.children.flatMap((child, index): string[] => {
    const other = shown.children[index];
    if (child.kind === "element")
      return other?.kind === "element" ? valuesHidden(schema, child, other, [...path, child.name]) : [];
    return other?.kind === "element" || other?.text === child.text ? [] : [child.text.trim()];
  });
  return [...own, ...below];
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  const [head, ...rest] = pattern;
  if (head === undefined) return path.length === 0;
  if (head === "**") return matches(rest, path) || (path.length > 0 && matches(pattern, path.slice(1)));
  return path.length > 0 && (head === "*" || head === path[0]) && matches(rest, path.slice(1));
}
