/** Converts between the properties of Pulumi's dynamic provider and arguments and outputs. */

import type { Arguments } from "../model/arguments/field.ts";
import { unknown } from "../model/arguments/field.ts";
import type { AnyKind } from "../model/arguments/kinds.ts";
import { quotingOutputs } from "../model/arguments/outputs.ts";
import { secretArguments } from "../model/arguments/secrets.ts";
import type { Declarer } from "../operations/declarations/otherDeclarations.ts";

/** The text that the engine writes for an unknown value. */
const unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** Marks a secret value in Pulumi's protocol. */
const secretMark = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" } as const;

export type Properties = Record<string, unknown>;

/** The given properties, without `__provider` and without nulls. */
export function givenOf(properties: Properties): Arguments {
  return Object.fromEntries(
    Object.entries(properties).filter(([name, value]) => (value ?? null) !== null && name !== "__provider"),
  );
}

/** Returns the arguments among Pulumi's properties, without outputs. */
export function argumentsOf(kind: AnyKind, properties: Properties): Arguments {
  return Object.fromEntries(
    Object.entries(givenOf(properties)).filter(([name]) => Object.hasOwn(kind.fields, name)),
  );
}

export function undeclaredOf(properties: Properties): Set<string> {
  return new Set(Array.isArray(properties.undeclared) ? properties.undeclared.map(String) : []);
}

/** Arguments that were declared when the outputs were written. Facts with the name of an argument are left out. */
export function recordedOf(kind: AnyKind, properties: Properties): Arguments {
  const undeclared = undeclaredOf(properties);
  const entries = Object.entries(argumentsOf(kind, properties));
  return Object.fromEntries(entries.filter(([name]) => name === kind.key || !undeclared.has(name)));
}

/** Makes the outputs. `undeclared` lists those that are facts although an argument has the same name. */
export function outputsOf(kind: AnyKind, inputs: Properties, outputs: Arguments): Properties {
  const undeclared = Object.keys(outputs).filter(
    (name) => Object.hasOwn(kind.fields, name) && (inputs[name] ?? null) === null,
  );
  return withSecrets(kind, { ...outputs, undeclared });
}

/** Finds which resource a check concerns. The engine passes no URN to a dynamic provider, so the program's class does. */
export function declarerOf(registration: unknown): Declarer | null {
  if (typeof registration !== "string") return null;
  return { id: registration, name: registration.replace(/^\d+:/, "") };
}

/** Fills in the id that was chosen at creation, for a thread without an `ioThreadId`. */
export function completed(kind: AnyKind, olds: Properties, news: Properties): Arguments {
  const args = argumentsOf(kind, news);
  const chosen = kind.key !== null && args[kind.key] === undefined ? { [kind.key]: olds[kind.key] } : {};
  return { ...args, ...chosen };
}

/** Marks secrets, so that the engine encrypts them in the state, although it passes plain values to this provider. */
export function withSecrets(kind: AnyKind, properties: Properties): Properties {
  const names = secretArguments(kind, properties);
  const given = quotingOutputs.filter((name) => properties[name] !== undefined);
  const quoting = names.length > 0 ? given : [];
  const marked = [...names, ...quoting].map((name) => [name, { ...secretMark, value: properties[name] }]);
  return { ...properties, ...Object.fromEntries(marked) };
}

export function hasUnknown(value: unknown): boolean {
  return JSON.stringify(value).includes(unknownMark);
}

export function withUnknowns(value: unknown): unknown {
  return hasUnknown(value) ? replaceUnknowns(value) : value;
}

function replaceUnknowns(value: unknown): unknown {
  if (value === unknownMark) return unknown;
  if (Array.isArray(value)) return value.map(replaceUnknowns);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, replaceUnknowns(inner)]));
}
