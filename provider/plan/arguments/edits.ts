import type { Arguments, Fields, ValueType } from "../../model/arguments/field.ts";
import type { AnyKind } from "../../model/arguments/kinds.ts";
import { parseCpuset, printCpuset } from "../../model/values/cpuset.ts";
import { parseBytes, parseMemoryKiB } from "../../model/values/units.ts";
import { mergeTrees } from "../merge/merge.ts";
import { declare } from "./declaration.ts";

/** One argument that the program changed, in Pulumi's syntax: `ioThreads[1].pollMaxNs`. */
export interface Edit {
  readonly property: string;
  readonly kind: "add" | "update" | "delete";
}

/** Arguments whose meaning the program changed. Another form of the same value or of the same `xml` is no edit. */
export function editedArguments(kind: AnyKind, recorded: Arguments, args: Arguments): Edit[] {
  return editedFields(kind.fields, recorded, args, "").filter(
    ({ property }) => property !== "xml" || !isSameXml(kind, recorded, args),
  );
}

function isSameXml(kind: AnyKind, recorded: Arguments, args: Arguments): boolean {
  if (typeof recorded.xml !== "string" || typeof args.xml !== "string") return false;
  const [before, after] = [recorded, args].map(({ xml }) => declare(kind, { xml }));
  if (!before || !after) return false;
  return (
    mergeTrees(kind.object.schema, { recorded: before, desired: after, actual: before }).diff.changes
      .length === 0
  );
}

function editedFields(fields: Fields, before: Arguments, after: Arguments, prefix: string): Edit[] {
  return Object.entries(fields).flatMap(([name, { type }]) =>
    editedValue(type, before[name], after[name], `${prefix}${name}`),
  );
}

function editedValue(type: ValueType, before: unknown, after: unknown, property: string): Edit[] {
  if (before === undefined || after === undefined) {
    if (before === after) return [];
    return [{ property, kind: before === undefined ? "add" : "delete" }];
  }
  if (type.kind === "object" && isObject(before) && isObject(after))
    return editedFields(type.fields, before, after, `${property}.`);
  if (Array.isArray(before) && Array.isArray(after) && "of" in type) {
    const { of } = type;
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, index) =>
      editedValue(of, before[index], after[index], `${property}[${index}]`),
    ).flat();
  }
  return meaningOf(type, before) === meaningOf(type, after) ? [] : [{ property, kind: "update" }];
}

function isObject(value: unknown): value is Arguments {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function meaningOf(type: ValueType, value: unknown): unknown {
  if (typeof value === "symbol") return value;
  if (type.kind === "memory") return parseMemoryKiB(String(value)) ?? value;
  if (type.kind === "bytes") return parseBytes(String(value)) ?? value;
  if (type.kind === "cpuset") return printCpuset(parseCpuset(String(value)) ?? []) || value;
  return typeof value === "object" ? JSON.stringify(value) : value;
}
