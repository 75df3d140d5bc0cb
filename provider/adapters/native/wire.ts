/** Converts values to and from Pulumi's protocol. No other layer sees its marks for unknown and secret values. */

import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb.js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import type { Arguments } from "../../model/arguments/field.ts";
import { unknown } from "../../model/arguments/field.ts";

const unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const signature = "4dabf18193072939515e22adb298388d";
const secretKind = "1b47061264138c4ac30d75fd1eb44270";

/** Properties from a request. */
export interface Received {
  /** Plain values. Secrets are unwrapped, unknown values are `unknown`, nulls are left out. */
  readonly values: Arguments;
  /** Names of properties that contain a secret, at any depth. */
  readonly secrets: ReadonlySet<string>;
}

export function receive(struct: Struct | undefined): Received {
  const properties = (struct?.toJavaScript() ?? {}) as Record<string, unknown>;
  const secrets = new Set<string>();
  const entries = Object.entries(properties).flatMap(([name, value]) => {
    const plain = plainOf(value, () => secrets.add(name));
    return plain === null ? [] : [[name, plain] as const];
  });
  return { values: Object.fromEntries(entries), secrets };
}

function plainOf(value: unknown, onSecret: () => void): unknown {
  if (value === unknownMark) return unknown;
  if (Array.isArray(value)) return value.map((item) => plainOf(item, onSecret));
  if (typeof value !== "object" || value === null) return value;
  const object = value as Record<string, unknown>;
  if (object[signature] === secretKind) {
    onSecret();
    return plainOf(object.value ?? null, onSecret);
  }
  const entries = Object.entries(object).map(([name, inner]) => [name, plainOf(inner, onSecret)] as const);
  return Object.fromEntries(entries.filter(([, inner]) => inner !== null));
}

/** Converts values for a response. Properties named in `secrets` are marked, so that the engine encrypts them. */
export function send(values: Arguments, secrets: ReadonlySet<string> = new Set()): Struct {
  const entries = Object.entries(values).map(([name, value]) => {
    const told = toldOf(value);
    return [name, secrets.has(name) && told !== null ? { [signature]: secretKind, value: told } : told];
  });
  return Struct.fromJavaScript(Object.fromEntries(entries) as Record<string, JavaScriptValue>);
}

function toldOf(value: unknown): JavaScriptValue {
  if (value === unknown) return unknownMark;
  if (Array.isArray(value)) return value.map(toldOf);
  if (typeof value !== "object" || value === null) return (value ?? null) as JavaScriptValue;
  const given = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(given.map(([name, inner]) => [name, toldOf(inner)]));
}
