import { virtioDiskFields } from "../../model/arguments/disk.ts";
import type { Arguments, ValueType } from "../../model/arguments/field.ts";
import type { AnyKind } from "../../model/arguments/kinds.ts";
import { readFields } from "../../model/arguments/read.ts";
import { ioThreadIds } from "../../model/elements/domain/ioThreads.ts";
import { parseMemoryKiB, printBytes, printMemory } from "../../model/values/units.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { Change } from "../merge/change.ts";
import { printPath } from "../merge/path.ts";
import type { Origin } from "./origins.ts";
import { isWholeItem, originOf, originsOf } from "./origins.ts";

/**
 * The arguments that declare the host's present state: replaces every declared value that differs on the host by the
 * host's value. Arguments that still hold keep their form.
 */
export function driftedArguments(
  kind: AnyKind,
  args: Arguments,
  changes: readonly Change[],
  actual: XmlElement,
): Arguments {
  if (changes.length === 0) return args;
  const origins = originsOf(kind, args);
  let drifted = args;
  const gone: string[] = [];
  for (const change of changes) {
    const serving = servingNow(change, origins);
    if (serving) {
      for (const [property, value] of serving) drifted = setProperty(drifted, property, value);
      continue;
    }
    const origin = originOf(change, origins);
    if (!origin) continue;
    if (isWholeItem(change, origin)) gone.push(origin.item ?? "");
    else drifted = setProperty(drifted, origin.property, valueNow(origin.type, change, actual));
  }
  // Remove items from the end, so that the indices of the others stay valid.
  const fromTheEnd = [...new Set(gone)].toSorted((a, b) => b.localeCompare(a, "en", { numeric: true }));
  for (const item of fromTheEnd) drifted = setProperty(drifted, item, undefined);
  return drifted;
}

/**
 * The IO thread or the mapping that a device has on the host, by property, when the change is about that; null
 * otherwise. A mapping is one value: single entries of it from two sides would map a queue twice, or none.
 */
function servingNow(change: Change, origins: readonly Origin[]): [string, unknown][] | null {
  const [, , driver, what] = change.steps;
  const device = change.trail[2];
  const isServing =
    driver?.kind === "element" &&
    driver.name === "driver" &&
    ((what?.kind === "element" && what.name === "iothreads") ||
      (what?.kind === "attribute" && what.name === "iothread"));
  if (!isServing || !device) return null;
  const at = printPath(change.steps.slice(0, 2));
  const [declared] = origins.filter(
    ({ property, steps }) =>
      printPath(steps.slice(0, 2)) === at && /(?:^|\.)ioThreads?(?:\[\d+\].*)?$/.test(property),
  );
  if (!declared) return null;
  const prefix = declared.property.replace(/ioThreads?(?:\[\d+\].*)?$/, "");
  const { ioThread, ioThreads } = virtioDiskFields;
  const now = readFields({ ...(ioThread && { ioThread }), ...(ioThreads && { ioThreads }) }, device);
  return ["ioThread", "ioThreads"].map((name) => [`${prefix}${name}`, now[name]]);
}

function valueNow(type: ValueType, change: Change, actual: XmlElement): unknown {
  if (type.kind === "countOrList") {
    const ids = ioThreadIds(actual).toSorted((a, b) => a - b);
    return ids.every((id, index) => id === index + 1) ? ids.length : ids.map((id) => ({ id }));
  }
  return parseValue(type, change.before);
}

function parseValue(type: ValueType, text: string | null): unknown {
  if (text === null) return undefined;
  switch (type.kind) {
    case "integer":
    case "number":
      return Number(text);
    case "boolean":
      return text === type.yes;
    case "flag":
      return true;
    case "memory":
      return printMemory(parseMemoryKiB(text) ?? 0);
    case "bytes":
      return printBytes(Number(text));
    case "list":
    case "countOrList":
    case "object":
    case "textOrObject":
      return undefined;
    case "string":
    case "enum":
    case "cpuset":
      return text;
  }
}

/** A copy with the property set; `undefined` removes the property or the list item. */
function setProperty(args: Arguments, property: string, value: unknown): Arguments {
  const keys = property.split(/[.[\]]+/).filter((word) => word !== "");
  return setAt(args, keys, value) as Arguments;
}

function setAt(here: unknown, keys: readonly string[], value: unknown): unknown {
  const [key = "", ...rest] = keys;
  if (Array.isArray(here)) {
    const index = Number(key);
    if (rest.length === 0 && value === undefined) return here.toSpliced(index, 1);
    return here.with(index, rest.length === 0 ? value : setAt(here[index], rest, value));
  }
  const object = { ...(here as Record<string, unknown>) };
  const next = rest.length === 0 ? value : setAt(object[key], rest, value);
  if (next === undefined) delete object[key];
  else object[key] = next;
  return object;
}
