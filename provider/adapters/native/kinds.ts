import type { Arguments } from "../../model/arguments/field.ts";
import type { Kind, KindName } from "../../model/arguments/kinds.ts";
import { kinds } from "../../model/arguments/kinds.ts";
import { quotingOutputs } from "../../model/arguments/outputs.ts";
import { secretArguments } from "../../model/arguments/secrets.ts";
import { keepSecrets } from "../../operations/told.ts";
import type { Received } from "./wire.ts";

/** The kind that a URN is of. @throws Error when this provider has none such. */
export function kindOf(urn: string): Kind {
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const name = /^virsh:index:(\w+)$/.exec(type)?.[1];
  if (name !== undefined && Object.hasOwn(kinds, name)) return kinds[name as KindName];
  throw new Error(`this provider has no resource ${type}; it has ${Object.keys(kinds).join(", ")}`);
}

/** Only the arguments among properties, without outputs. */
export function argumentsOf(kind: Kind, properties: Arguments): Arguments {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => Object.hasOwn(kind.fields, name)));
}

/**
 * The arguments that were applied last. The outputs hold them as they were written: after an update that failed
 * half-way the engine keeps its outputs beside the inputs of before (3.250).
 */
export function appliedOf(kind: Kind, state: Arguments, inputs: Arguments): Arguments {
  if (Object.keys(state).length === 0) return argumentsOf(kind, inputs);
  const own = Object.keys(kind.fields).map((name) => [
    name,
    (Object.hasOwn(kind.outputs, name) ? inputs : state)[name],
  ]);
  return Object.fromEntries(own.filter(([, value]) => value !== undefined));
}

/** What was chosen at creation stays chosen: the id of a thread that was given none. */
export function completed(kind: Kind, state: Arguments, args: Arguments): Arguments {
  if (kind.key === null || args[kind.key] !== undefined || state[kind.key] === undefined) return args;
  return { ...args, [kind.key]: state[kind.key] };
}

/**
 * Names of arguments to be kept encrypted: those that were given so, and those that hold a secret. Their values are
 * hidden from now on in all that is told.
 */
export function keptSecret(kind: Kind, ...received: readonly Received[]): Set<string> {
  const names = new Set(
    received.flatMap(({ values, secrets }) => [...secrets, ...secretArguments(kind, values)]),
  );
  for (const { values } of received) keepSecrets(kind, values, names);
  return names;
}

/** Outputs that quote values of the domain are as secret as those. */
export function secretOutputs(secrets: ReadonlySet<string>): Set<string> {
  return secrets.size === 0 ? new Set() : new Set([...secrets, ...quotingOutputs]);
}

/** UUID of the domain that a resource is or belongs to, as last seen. */
export function uuidOf(kind: Kind, state: Arguments): string | undefined {
  const uuid = kind.name === "Domain" ? state.uuid : state.domainUuid;
  return typeof uuid === "string" ? uuid : undefined;
}
