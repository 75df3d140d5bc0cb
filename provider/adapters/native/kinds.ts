import type { Arguments } from "../../model/arguments/field.ts";
import type { AnyKind } from "../../model/arguments/kinds.ts";
import { allKinds } from "../../model/arguments/kinds.ts";
import { quotingOutputs } from "../../model/arguments/outputs.ts";
import { secretArguments } from "../../model/arguments/secrets.ts";
import { keepSecrets } from "../../operations/safeText.ts";
import type { Received } from "./wire.ts";

/** The kind of the resource with this URN. @throws Error when this provider does not have the kind */
export function kindOf(urn: string): AnyKind {
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const name = /^virsh:index:(\w+)$/.exec(type)?.[1];
  if (name !== undefined && Object.hasOwn(allKinds, name)) return allKinds[name as AnyKind["name"]];
  throw new Error(`this provider has no resource ${type}; it has ${Object.keys(allKinds).join(", ")}`);
}

/** Returns the arguments among the properties, without outputs. */
export function argumentsOf(kind: AnyKind, properties: Arguments): Arguments {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => Object.hasOwn(kind.fields, name)));
}

/**
 * The arguments that were applied last. They come from the outputs, which hold them as written: after an update that
 * failed half-way, the engine stores its outputs beside the inputs of the update before (3.250).
 */
export function appliedOf(kind: AnyKind, state: Arguments, inputs: Arguments): Arguments {
  if (Object.keys(state).length === 0) return argumentsOf(kind, inputs);
  const own = Object.keys(kind.fields).map((name) => [
    name,
    (Object.hasOwn(kind.outputs, name) ? inputs : state)[name],
  ]);
  return Object.fromEntries(own.filter(([, value]) => value !== undefined));
}

/** Fills in the id that was chosen at creation, for a thread without an `ioThreadId`. */
export function completed(kind: AnyKind, state: Arguments, args: Arguments): Arguments {
  if (kind.key === null || args[kind.key] !== undefined || state[kind.key] === undefined) return args;
  return { ...args, [kind.key]: state[kind.key] };
}

/**
 * Names of arguments that the engine must encrypt: those that came as secrets and those that contain a secret. From
 * now on their values are hidden in all messages.
 */
export function keptSecret(kind: AnyKind, ...received: readonly Received[]): Set<string> {
  const names = new Set(
    received.flatMap(({ values, secrets }) => [...secrets, ...secretArguments(kind, values)]),
  );
  for (const { values } of received) keepSecrets(kind, values, names);
  return names;
}

/** Adds the outputs that quote arguments: they are secret if any argument is. */
export function secretOutputs(secrets: ReadonlySet<string>): Set<string> {
  return secrets.size === 0 ? new Set() : new Set([...secrets, ...quotingOutputs]);
}
