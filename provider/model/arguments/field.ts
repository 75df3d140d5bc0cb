/**
 * The language in which every resource's arguments are declared: one row per argument says what it may be,
 * where it stands in the domain's XML and what people should know of it. Checking, printing, reading back,
 * the TypeScript types and the schema are all made from these rows.
 */
export interface Field {
  readonly type: ValueType;
  /**
   * Where the value stands, from the element that the surrounding fields describe: `memory` (an element's
   * text), `os/type/@machine`, `devices/disk` (one element per list item), `.` (the same element).
   * Absent: not part of the XML.
   */
  readonly xml?: string;
  /** What else must stand in the XML when this field is given: place → text. */
  readonly implies?: Readonly<Record<string, string>>;
  readonly required?: true;
  /** Setting of the provider that stands in for a required argument that is not given. */
  readonly setting?: string;
  /** Of an output: null where it can't be known. */
  readonly nullable?: true;
  /** A new value makes a new resource. */
  readonly replaces?: true;
  /** For users: meaning, unit, default, range. What changing it costs a running guest is told by `plan/price.ts`. */
  readonly description: string;
}

export type Fields = Readonly<Record<string, Field>>;

export type ValueType =
  | { readonly kind: "string"; readonly pattern?: RegExp; readonly expected?: string }
  | { readonly kind: "integer"; readonly min: number; readonly max: number }
  /** With decimals; of outputs. */
  | { readonly kind: "number" }
  | { readonly kind: "boolean"; readonly yes: string; readonly no: string }
  /** An empty element that is there or not. */
  | { readonly kind: "flag" }
  | { readonly kind: "enum"; readonly values: readonly string[] }
  /** A number of KiB or a text with a unit, printed in KiB. */
  | { readonly kind: "memory" }
  /** What its numbers stand for, in messages. Absent: CPUs. */
  | { readonly kind: "cpuset"; readonly members?: string }
  | { readonly kind: "list"; readonly of: ValueType }
  | {
      readonly kind: "object";
      readonly name: string;
      readonly fields: Fields;
      /** Exactly one of these fields must be given. */
      readonly oneOf?: readonly string[];
    }
  /** A number of things, or the list of them: `<iothreads>` or `<iothreadids>`. */
  | { readonly kind: "countOrList"; readonly max: number; readonly countXml: string; readonly of: ValueType };

export const text = { kind: "string" } as const;
export const count = (min = 0, max = 2147483647) => ({ kind: "integer", min, max }) as const;
export const decimal = { kind: "number" } as const;
export const oneOf = (...values: string[]) => ({ kind: "enum", values }) as const;
export const yesNo = { kind: "boolean", yes: "yes", no: "no" } as const;
export const flag = { kind: "flag" } as const;
export const listOf = (of: ValueType) => ({ kind: "list", of }) as const;

/** Something wrong with one argument: a value, since all are told at once. */
export interface Failure {
  /** In Pulumi's syntax: `ioThreads[1].id`. */
  readonly property: string;
  /** What is wrong and what to write instead. */
  readonly reason: string;
}

/** An argument whose value Pulumi does not know yet: adapters put it in, checks pass over it. */
export const unknown: unique symbol = Symbol("unknown");

/** Whether anything in it is not known yet. */
export function hasUnknown(value: unknown): boolean {
  if (value === unknown) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(hasUnknown);
}

export type Arguments = Readonly<Record<string, unknown>>;
