/** Maps the arguments of a resource to their places in the XML, and back. */

import type { Arguments, Fields, ValueType } from "../../model/arguments/field.ts";
import type { AnyKind } from "../../model/arguments/kinds.ts";
import { printArguments } from "../../model/arguments/print.ts";
import { keyOf as identityKey } from "../../model/elements/identity.ts";
import type { Schema } from "../../model/elements/schema.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { Change, PathStep } from "../merge/change.ts";
import { placeOf, printPath, stepsOf, withKey } from "../merge/path.ts";

/** The place of one given argument. */
export interface Origin {
  /** In Pulumi's syntax: `ioThreads[1].pollMaxNs`. */
  readonly property: string;
  readonly type: ValueType;
  readonly steps: readonly PathStep[];
  /** The list item that contains it: `ioThreads[1]`; `null` outside of lists. */
  readonly item: string | null;
}

/** All given arguments that have a place in the XML. */
export function originsOf(kind: AnyKind, args: Arguments): Origin[] {
  const key = kind.key === null ? undefined : args[kind.key];
  const steps = stepsOf(kind.place);
  const keyed = key === undefined ? steps : withKey(steps, keyOf(kind, steps, args) ?? String(key));
  return walk(kind.object.schema, kind.fields, args, { steps: keyed, prefix: "", item: null });
}

function keyOf(kind: AnyKind, steps: readonly PathStep[], args: Arguments): string | undefined {
  return identityOf(kind.object.schema, steps, printArguments(kind.object.root, kind.fields, args));
}

/** Identity of a printed element, in the form that paths use. */
function identityOf(schema: Schema, steps: readonly PathStep[], element: XmlElement): string | undefined {
  return identityKey(schema, element, placeOf(steps)) ?? undefined;
}

/** The current position of the walk through arguments. */
interface At {
  readonly steps: readonly PathStep[];
  readonly prefix: string;
  readonly item: string | null;
}

function walk(schema: Schema, fields: Fields, args: Arguments, { steps: at, prefix, item }: At): Origin[] {
  return Object.entries(fields).flatMap(([name, field]): Origin[] => {
    const value = args[name];
    if (value === undefined || value === null || field.xml === undefined) return [];
    const steps = [...at, ...stepsOf(field.xml)];
    const property = `${prefix}${name}`;
    const implied = Object.keys(field.implies ?? {}).map(
      (place): Origin => ({ property, type: field.type, steps: [...at, ...stepsOf(place)], item }),
    );
    return [...walkValue(schema, value, { property, type: field.type, steps, item }), ...implied];
  });
}

function walkValue(schema: Schema, value: unknown, origin: Origin): Origin[] {
  const { type, steps, property, item } = origin;
  if (type.kind === "object")
    return walk(schema, type.fields, value as Arguments, { steps, prefix: `${property}.`, item });
  if (type.kind !== "list" && type.kind !== "countOrList") return [origin];
  const { of } = type;
  if (!Array.isArray(value) || of.kind !== "object" || !Object.hasOwn(schema.identities, placeOf(steps)))
    return [{ ...origin, steps: type.kind === "countOrList" ? steps.slice(0, -1) : steps }];
  return value.flatMap((each: Arguments, index) => {
    const key = identityOf(schema, steps, printArguments("item", of.fields, each));
    const own = `${property}[${index}]`;
    return walk(schema, of.fields, each, { steps: withKey(steps, key), prefix: `${own}.`, item: own });
  });
}

/** Name of the argument that sets the value at a place; `xml["path"]` when only the `xml` argument sets it. */
export function propertyAt(place: Place, origins: readonly Origin[]): string {
  const origin = originOf(place, origins);
  return origin ? nameOf(place, origin) : nameInXml(place);
}

/** Returns a function that names a printed path of a declaration: by its argument, or else as `xml["path"]`. */
export function pathNamer(kind: AnyKind, args: Arguments): (path: string) => string {
  let origins: readonly (readonly [string, Origin])[] | undefined;
  return (path) => {
    origins ??= originsOf(kind, args).map((origin) => [printPath(origin.steps), origin]);
    const isAt = (outer: string, inner: string) => inner === outer || inner.startsWith(`${outer}/`);
    const [own] = origins.filter(([at]) => isAt(at, path)).toSorted(([a], [b]) => b.length - a.length);
    if (own) return own[1].property;
    const [within] = origins.filter(([at]) => isAt(path, at)).map(([, origin]) => origin);
    if (!within) return `xml[${JSON.stringify(path)}]`;
    // The parent element of the items is named by the list.
    const isItem = within.item === null || path.endsWith("]");
    return isItem ? (within.item ?? within.property) : within.item.replace(/\[\d+\]$/, "");
  };
}

export function nameInXml({ steps }: Place): string {
  return `xml[${JSON.stringify(printPath(steps))}]`;
}

/** Name of the property that a place belongs to, given its argument. */
export function nameOf(place: Place, origin: Origin): string {
  return isWholeItem(place, origin) ? (origin.item ?? origin.property) : origin.property;
}

type Place = Pick<Change, "steps">;

/** The argument that a change belongs to; null when only the `xml` argument sets the place. */
export function originOf(change: Place, origins: readonly Origin[]): Origin | null {
  const fitting = origins.filter(
    ({ steps }) => isPrefix(steps, change.steps) || isPrefix(change.steps, steps),
  );
  const [best] = fitting.toSorted((a, b) => near(b, change) - near(a, change));
  return best ?? null;
}

/** Whether the change adds or removes a whole list item: then the property is the item. */
export function isWholeItem(change: Place, { item, steps }: Origin): boolean {
  const isText = change.steps.at(-1)?.kind === "text";
  return item !== null && !isText && change.steps.length < steps.length;
}

const withoutText = (steps: readonly PathStep[]) => steps.filter((step) => step.kind !== "text");

function near({ steps }: Origin, change: Place): number {
  return -Math.abs(steps.length - withoutText(change.steps).length);
}

function isPrefix(shorter: readonly PathStep[], longer: readonly PathStep[]): boolean {
  const [left, right] = [withoutText(shorter), withoutText(longer)];
  return left.length <= right.length && left.every((step, index) => isSame(step, right[index]));
}

function isSame(a: PathStep, b: PathStep | undefined): boolean {
  if (!b || a.kind !== b.kind) return false;
  if (a.kind === "text" || b.kind === "text") return true;
  if (a.name !== b.name) return false;
  if (a.kind !== "element" || b.kind !== "element") return true;
  return a.key === undefined || b.key === undefined || a.key.toLowerCase() === b.key.toLowerCase();
}
