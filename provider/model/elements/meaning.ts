import type { Schema } from "./schema.ts";

const uuid = (value: string) => value.toLowerCase().replace(/[-\s]/g, "");
const isUuid = /^\s*[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\s*$/i;

/** Whether two UUIDs are the same, with or without dashes. */
export function isSameUuid(one: string, other: string): boolean {
  return isUuid.test(one) && isUuid.test(other) ? uuid(one) === uuid(other) : one === other;
}

/** Whether the actual value means the same as the desired one. */
export function meansSame(schema: Schema, place: string, desired: string, actual: string): boolean {
  if (desired === actual) return true;
  const aliases = schema.aliases[place];
  if (aliases) return aliases[desired]?.test(actual) ?? false;
  if (isSameUuid(desired, actual)) return true;
  const canonical = schema.canonicalAt(place);
  return canonical !== null && canonical(desired) === canonical(actual);
}
