/** Shapes check values from outside at runtime, since a JavaScript program or a file may hold anything. */

import { table } from "../table.ts";

/** Returns the mistakes in a value, each with the name of its property. */
export type Shape = (value: unknown, property: string) => string[];

export const must =
  (is: (value: unknown) => boolean, expected: string): Shape =>
  (value, property) =>
    is(value) ? [] : [`${property}: must be ${expected}, not ${kindOf(value)}`];

export const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const text = must((value) => typeof value === "string", "a text");
export const number = must((value) => Number.isFinite(value), "a number");
export const boolean = must((value) => typeof value === "boolean", "true or false");
export const anyObject = must(isObject, "an object");

export const wholeNumber = (most: number) =>
  must(
    (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most,
    `a whole number from 0 to ${most}`,
  );

export const oneOf = (...values: readonly string[]) =>
  must((value) => values.includes(value as string), `one of ${values.join(", ")}`);

export const nullable =
  (of: Shape): Shape =>
  (value, property) =>
    value === null ? [] : of(value, property);

export const listOf =
  (of: Shape): Shape =>
  (value, property) =>
    Array.isArray(value)
      ? Array.from(value as unknown[]).flatMap((each, index) => of(each, `${property}[${index}]`))
      : [`${property}: must be a list, not ${kindOf(value)}`];

/** Applies one shape to values of a type, and another to all others. */
export const either =
  (type: "string" | "number" | "boolean" | "function", first: Shape, second: Shape): Shape =>
  (value, property) =>
    (typeof value === type ? first : second)(value, property);

/** An object with any property names whose values all have one shape. */
export const valuesOf =
  (of: Shape): Shape =>
  (value, property) =>
    isObject(value)
      ? Object.entries(value).flatMap(([name, inner]) => of(inner, `${property}[${JSON.stringify(name)}]`))
      : anyObject(value, property);

/** An object with required and optional properties; all other properties are ignored. */
export function objectOf(
  required: Readonly<Record<string, Shape>>,
  optional: Readonly<Record<string, Shape>> = {},
): Shape {
  const shapes = table({ ...required, ...optional });
  return (value, property) => {
    if (!isObject(value)) return anyObject(value, property);
    const within = property === "" ? "" : `${property}.`;
    const given = new Map(Object.entries(value).filter(([, inner]) => inner !== undefined));
    return [
      ...Object.keys(required).flatMap((name) => (given.has(name) ? [] : [`${within}${name}: is required`])),
      ...[...given].flatMap(([name, inner]) => shapes[name]?.(inner, `${within}${name}`) ?? []),
    ];
  };
}

/** The type of a value, for messages: the value itself may be a secret. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "a list";
  if (typeof value === "number") return String(value);
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
