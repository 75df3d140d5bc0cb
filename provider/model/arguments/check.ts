import { parseCpuset } from "../values/cpuset.ts";
import { parseBytes, parseMemoryKiB } from "../values/units.ts";
import type { Arguments, Failure, Fields, ValueType } from "./field.ts";
import { unknown } from "./field.ts";

/** Checks arguments against their rows. Returns all failures at once; empty when everything is right. */
export function checkFields(fields: Fields, args: Arguments, at = ""): Failure[] {
  const failures: Failure[] = [];
  for (const name of Object.keys(args)) {
    if (!Object.hasOwn(fields, name) && args[name] !== undefined) {
      const known = Object.keys(fields).join(", ");
      failures.push({ property: at + name, reason: `is not an argument here; known ones: ${known}` });
    }
  }
  for (const name in fields) {
    const [field, value] = [fields[name], args[name]];
    if (field === undefined) continue;
    if (value === undefined || value === null) {
      if (field.required) failures.push({ property: at + name, reason: "is required" });
    } else failures.push(...checkValue(field.type, value, at + name));
  }
  return failures;
}

function checkValue(type: ValueType, value: unknown, property: string): Failure[] {
  if (value === unknown) return [];
  const fail = (expected: string): Failure[] => [
    { property, reason: `must be ${expected}, got ${gistOf(value)}` },
  ];
  switch (type.kind) {
    case "string":
      if (typeof value !== "string") return fail("a string");
      if (type.pattern && !type.pattern.test(value)) return fail(type.expected ?? `like ${type.pattern}`);
      return controlCharacter(value) ? fail("text without control characters") : [];
    case "integer":
      return Number.isInteger(value) && (value as number) >= type.min && (value as number) <= type.max
        ? []
        : fail(`a whole number from ${type.min} to ${type.max}`);
    case "number":
      return Number.isFinite(value) ? [] : fail("a number");
    case "boolean":
    case "flag":
      return typeof value === "boolean" ? [] : fail("true or false");
    case "enum":
      return type.values.includes(value as string) ? [] : fail(`one of ${type.values.join(", ")}`);
    case "memory":
    case "bytes":
      return checkSize(sizes[type.kind], value, property, fail);
    case "cpuset":
      return isCpuset(value) ? [] : fail(`a set of ${type.members ?? "CPUs"} such as "0-3,^2,8"`);
    case "list":
      if (!Array.isArray(value)) return fail("a list");
      return value.flatMap((item, i) => checkValue(type.of, item, `${property}[${i}]`));
    case "object":
      return checkObject(type, value, property);
    case "textOrObject":
      return checkValue(typeof value === "object" ? type.object : type.text, value, property);
    case "countOrList":
      return typeof value === "number"
        ? checkValue({ kind: "integer", min: 0, max: type.max }, value, property)
        : checkValue({ kind: "list", of: type.of }, value, property);
  }
}

function checkObject(
  type: Extract<ValueType, { kind: "object" }>,
  value: unknown,
  property: string,
): Failure[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [{ property, reason: `must be an object with ${Object.keys(type.fields).join(", ")}` }];
  }
  const failures = checkFields(type.fields, value as Arguments, `${property}.`);
  const given = type.oneOf?.filter((name) => (value as Arguments)[name] !== undefined);
  if (given && given.length !== 1) {
    const choice = type.oneOf?.join(", ");
    failures.push({
      property,
      reason: `must have exactly one of ${choice}; has ${given.join(", ") || "none"}`,
    });
  }
  return failures;
}

/**
 * Describes a wrong value without printing it: the program may have marked it as secret, and Pulumi does not pass that
 * mark to a dynamic provider. A value that looks like a number, a size or a set of CPUs is printed.
 */
export function gistOf(value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "string")
    return isPlain(value)
      ? `"${value}"`
      : `a text of ${value.length} ${value.length === 1 ? "character" : "characters"}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** Whether a text is too plain to be a secret: `64`, `-1`, `2 GiB`, `0-3,^2`. */
export function isPlain(text: string): boolean {
  return /^[\d.,^ -]{1,20}(?:[KMGTP]i?B?)?$/.test(text);
}

/** Whether the text has a character that XML 1.0 can't express; none belongs in a name or a path. */
function controlCharacter(value: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point.
  return /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(value);
}

/** The two kinds of sizes: how to read them, the unit of a bare number, and the unit that a small one likely means. */
const sizes = {
  memory: { parse: parseMemoryKiB, bare: "KiB", perMiB: 1024, likely: "MiB", such: "256 MiB" },
  bytes: { parse: parseBytes, bare: "bytes", perMiB: 1024 ** 2, likely: "GiB", such: "20 GiB" },
} as const;

/**
 * Refuses a number below 1 MiB without a unit, which is a mistake: `memory: 64` would be 64 KiB. libvirt's limit for
 * memory, 2⁶³ − 1 bytes (domain_conf.c, 9.0.0), is as many KiB as a number holds exactly.
 */
function checkSize(
  { parse, bare: unit, perMiB, likely, such }: (typeof sizes)[keyof typeof sizes],
  value: unknown,
  property: string,
  fail: (expected: string) => Failure[],
): Failure[] {
  const size = typeof value === "string" ? parse(value) : value;
  if (!Number.isSafeInteger(size) || (size as number) <= 0)
    return fail(`a size above 0 such as "${such}" or a number of ${unit}`);
  const bare = /^\s*(\d+)\s*$/.exec(String(value))?.[1];
  if (bare === undefined || Number(bare) >= perMiB) return [];
  const reason = `is ${bare} without a unit, which is ${bare} ${unit}; did you mean ${bare} ${likely}? Write "${bare} ${likely}", or "${bare} ${unit}"`;
  return [{ property, reason }];
}

function isCpuset(value: unknown): boolean {
  return typeof value === "string" && parseCpuset(value) !== null;
}
