/**
 * One argument of a resource: its type, its place in the domain's XML, and its documentation. Checking, printing,
 * reading back, the TypeScript types and the schema all come from these rows.
 */
export interface Field {
  readonly type: ValueType;
  /**
   * Place of the value, relative to the element that the surrounding fields describe: `memory` (an element's text),
   * `os/type/@machine`, `devices/disk` (one element per list item), `.` (the same element). Omitted when the argument
   * is not part of the XML.
   */
  readonly xml?: string;
  /** Other values that the XML must have when this field is given: place → text. */
  readonly implies?: Readonly<Record<string, string>>;
  readonly required?: true;
  /** Setting of the provider that is the default of a required argument. */
  readonly setting?: string;
  /** The output is null when its value can't be known. */
  readonly nullable?: true;
  /** What a change costs, for arguments that the label table of domains says nothing about. */
  readonly cost?: string;
  /** A new value replaces the resource. */
  readonly replaces?: true;
  /** For users: meaning, unit, default, range. `plan/live/price.ts` adds what a change costs a running guest. */
  readonly description: string;
}

export type Fields = Readonly<Record<string, Field>>;

export type ValueType =
  | { readonly kind: "string"; readonly pattern?: RegExp; readonly expected?: string }
  | { readonly kind: "integer"; readonly min: number; readonly max: number }
  /** A number with decimals; for outputs only. */
  | { readonly kind: "number" }
  | { readonly kind: "boolean"; readonly yes: string; readonly no: string }
  /** An empty element: present for true, missing for false. */
  | { readonly kind: "flag" }
  | { readonly kind: "enum"; readonly values: readonly string[] }
  /** A number of KiB, or a text with a unit; printed in KiB. */
  | { readonly kind: "memory" }
  /** A number of bytes, or a text with a unit; printed in bytes, as libvirt does for volumes. */
  | { readonly kind: "bytes" }
  /** `members`: the word in messages for what the numbers are. Default: CPUs. */
  | { readonly kind: "cpuset"; readonly members?: string }
  | { readonly kind: "list"; readonly of: ValueType }
  | {
      readonly kind: "object";
      readonly name: string;
      readonly fields: Fields;
      /** Exactly one of these fields must be given. */
      readonly oneOf?: readonly string[];
    }
  /** A text, or an object instead of it. For arguments that are not part of the XML. */
  | { readonly kind: "textOrObject"; readonly text: ValueType; readonly object: ValueType }
  /** A count (`<iothreads>`) or a list of items (`<iothreadids>`). */
  | { readonly kind: "countOrList"; readonly max: number; readonly countXml: string; readonly of: ValueType };

export const text = { kind: "string" } as const;
export const count = (min = 0, max = 2147483647) => ({ kind: "integer", min, max }) as const;
export const decimal = { kind: "number" } as const;
export const oneOf = (...values: string[]) => ({ kind: "enum", values }) as const;
export const yesNo = { kind: "boolean", yes: "yes", no: "no" } as const;
export const flag = { kind: "flag" } as const;
export const listOf = (of: ValueType) => ({ kind: "list", of }) as const;

/** A mistake in one argument. It is a value rather than an exception, so that a check can return all of them. */
export interface Failure {
  /** In Pulumi's syntax: `ioThreads[1].id`. */
  readonly property: string;
  /** What is wrong and what to write instead. */
  readonly reason: string;
}

/** The value of an argument that Pulumi does not know yet. Adapters insert it, and checks skip it. */
export const unknown: unique symbol = Symbol("unknown");

/** Whether the value, or any part of it, is not known yet. */
export function hasUnknown(value: unknown): boolean {
  if (value === unknown) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(hasUnknown);
}

export type Arguments = Readonly<Record<string, unknown>>;
