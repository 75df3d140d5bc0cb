import { parseCpuset, printCpuset } from "../values/cpuset.ts";
import { parseBytes, parseMemoryKiB } from "../values/units.ts";
import type { XmlElement, XmlNode } from "../xml/tree.ts";
import type { Arguments, Fields, ValueType } from "./field.ts";
import { unknown } from "./field.ts";

/** An element under construction; frozen into an XmlElement at the end. */
interface Draft {
  name: string;
  attributes: Map<string, string>;
  text: string | null;
  children: Draft[];
}

/** Prints checked arguments as an element named `root` that holds what they declare and nothing else. */
export function printArguments(root: string, fields: Fields, args: Arguments, place = "."): XmlElement {
  const made = draft(root);
  printFields(elementAt(made, place), fields, args);
  return freeze(made);
}

function draft(name: string): Draft {
  return { name, attributes: new Map(), text: null, children: [] };
}

function freeze(from: Draft): XmlElement {
  const text: XmlNode[] = from.text === null ? [] : [{ kind: "text", text: from.text }];
  return {
    kind: "element",
    name: from.name,
    attributes: [...from.attributes].map(([name, value]) => ({ name, value })),
    children: [...text, ...from.children.map(freeze)],
  };
}

/** Finds or makes the element at a place. List items, which need a new element each, are made by the caller. */
function elementAt(root: Draft, place: string): Draft {
  return place
    .split("/")
    .filter((step) => step !== "." && step !== "")
    .reduce((here, step) => {
      const found = here.children.find((child) => child.name === step);
      return found ?? append(here, step);
    }, root);
}

function append(parent: Draft, name: string): Draft {
  const child = draft(name);
  parent.children.push(child);
  return child;
}

function setAt(root: Draft, place: string, value: string): void {
  const steps = place.split("/");
  const last = steps.at(-1) ?? "";
  if (last.startsWith("@"))
    elementAt(root, steps.slice(0, -1).join("/")).attributes.set(last.slice(1), value);
  else elementAt(root, place).text = value;
}

function printFields(at: Draft, fields: Fields, args: Arguments): void {
  for (const name in fields) {
    const [field, value] = [fields[name], args[name]];
    if (value === undefined || value === null || value === unknown || field?.xml === undefined) continue;
    for (const [place, constant] of Object.entries(field.implies ?? {})) setAt(at, place, constant);
    printValue(at, field.xml, field.type, value);
  }
}

function printValue(at: Draft, place: string, type: ValueType, value: unknown): void {
  switch (type.kind) {
    case "string":
    case "integer":
    case "number":
    case "enum":
      setAt(at, place, String(value));
      return;
    case "boolean":
      setAt(at, place, value ? type.yes : type.no);
      return;
    case "flag":
      if (value) elementAt(at, place);
      return;
    case "memory":
      printSize(at, place, value, parseMemoryKiB, "KiB");
      return;
    case "bytes":
      printSize(at, place, value, parseBytes, "bytes");
      return;
    case "cpuset":
      setAt(at, place, printCpuset(parseCpuset(String(value)) ?? []));
      return;
    case "object":
      printFields(elementAt(at, place), type.fields, value as Arguments);
      return;
    case "list":
      printList(at, place, type.of, value as unknown[]);
      return;
    case "textOrObject":
      return;
    case "countOrList":
      if (typeof value === "number") setAt(at, type.countXml, String(value));
      else printList(at, place, type.of, value as unknown[]);
  }
}

function printSize(
  at: Draft,
  place: string,
  value: unknown,
  parse: (text: string) => number | null,
  unit: string,
): void {
  setAt(at, place, String(typeof value === "number" ? value : parse(String(value))));
  setAt(at, `${place}/@unit`, unit);
}

/** Prints each item as an element. An empty list declares nothing, so it prints no parent element either. */
function printList(at: Draft, place: string, of: ValueType, values: unknown[]): void {
  if (values.length === 0) return;
  const steps = place.split("/");
  const parent = elementAt(at, steps.slice(0, -1).join("/"));
  for (const value of values) {
    const item = append(parent, steps.at(-1) ?? "");
    if (of.kind === "object") printFields(item, of.fields, value as Arguments);
    else item.text = String(value);
  }
}
