/** The inverse of print.ts: reads an element as the arguments that would print it. */

import { parseMemoryKiB, printBytes, printMemory } from "../values/units.ts";
import { childrenOf, elementsAt, valueAt } from "../xml/read.ts";
import type { XmlElement } from "../xml/tree.ts";
import type { Arguments, Fields, ValueType } from "./field.ts";

/** The arguments for an element. Parts of the element that no row can express are left out. */
export function readFields(fields: Fields, element: XmlElement): Arguments {
  const told = new Set(Object.values(fields).map(({ xml }) => xml));
  const entries = Object.entries(fields).flatMap(([name, { type, xml, implies }]) => {
    if (xml === undefined) return [];
    // An implied place that has an argument of its own may have another value.
    const isOther = Object.entries(implies ?? {}).some(([place, constant]) => {
      const there = valueAt(element, place);
      return !told.has(place) && there !== undefined && there !== constant;
    });
    const value = isOther ? undefined : readValue(type, element, xml);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

function readValue(type: ValueType, at: XmlElement, place: string): unknown {
  const text = () => valueAt(at, place) || undefined;
  switch (type.kind) {
    case "string": {
      const value = text();
      return value !== undefined && (type.pattern?.test(value) ?? true) ? value : undefined;
    }
    case "enum": {
      const value = text();
      return value !== undefined && type.values.includes(value) ? value : undefined;
    }
    case "integer": {
      const value = text();
      const number = Number(value);
      return value !== undefined && Number.isInteger(number) && number >= type.min && number <= type.max
        ? number
        : undefined;
    }
    case "number": {
      const number = Number(text() ?? Number.NaN);
      return Number.isFinite(number) ? number : undefined;
    }
    case "boolean": {
      const value = text();
      return value === type.yes ? true : value === type.no ? false : undefined;
    }
    case "flag":
      return elementsAt(at, place).length > 0 ? true : undefined;
    case "memory": {
      const value = text();
      return value === undefined ? undefined : printMemory(parseMemoryKiB(value) ?? 0);
    }
    case "bytes": {
      const value = text();
      return value === undefined ? undefined : printBytes(Number(value));
    }
    case "cpuset":
      return text();
    case "object": {
      const [element] = place === "." ? [at] : elementsAt(at, place);
      return element && readObject(type, element);
    }
    case "list":
      return readList(type.of, elementsAt(at, place));
    case "textOrObject":
      return undefined;
    case "countOrList": {
      const items = readList(type.of, elementsAt(at, place)) as Arguments[] | undefined;
      const isPlain = items?.every((item, index) => item.id === index + 1 && Object.keys(item).length === 1);
      return isPlain ? items?.length : items;
    }
  }
}

function readList(of: ValueType, elements: readonly XmlElement[]): unknown[] | undefined {
  const items = elements.flatMap((element) => {
    const item = of.kind === "object" ? readObject(of, element) : valueAt(element, ".");
    return item === undefined ? [] : [item];
  });
  return items.length > 0 ? items : undefined;
}

function readObject(
  type: Extract<ValueType, { kind: "object" }>,
  element: XmlElement,
): Arguments | undefined {
  const found = readFields(type.fields, element);
  const isWhole = Object.entries(type.fields).every(
    ([name, field]) => !field.required || Object.hasOwn(found, name),
  );
  const chosen = type.oneOf?.filter((name) => Object.hasOwn(found, name)).length ?? 1;
  if (!isWhole || chosen !== 1 || Object.keys(found).length === 0) return undefined;
  return found;
}

/** Whether an element has neither attributes nor content. */
export function isBare(element: XmlElement): boolean {
  return element.attributes.length === 0 && childrenOf(element).length === 0 && element.children.length === 0;
}
