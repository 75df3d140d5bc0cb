/** Facts that only an update can find out. The state keeps them until the declaration changes. */

import type { Arguments } from "../model/arguments/field.ts";
import type { Kind } from "../model/arguments/kinds.ts";
import type { Ignored } from "../plan/checks/causes.ts";
import type { Tried } from "../plan/plan.ts";

export interface Remembered {
  /** Changes that a power cycle did not bring into force. */
  readonly tried: readonly Tried[];
  /** Parts of the declaration that libvirt accepted and left out. */
  readonly ignored: readonly Ignored[];
}

/**
 * Reads these facts from outputs. Missing or malformed outputs, as in states of older versions, give none.
 */
export function rememberedIn(state: Readonly<Record<string, unknown>>): Remembered {
  const listOf = <T>(found: unknown): readonly (Partial<T> | null)[] => (Array.isArray(found) ? found : []);
  return {
    tried: listOf<Tried>(state.restartDidNotBring).flatMap((each) =>
      typeof each?.path === "string" ? [{ path: each.path, inactive: each.inactive ?? null }] : [],
    ),
    ignored: listOf<Ignored>(state.ignoredByLibvirt).flatMap((each) =>
      typeof each?.path === "string" && typeof each.libvirt === "string"
        ? [{ path: each.path, value: each.value ?? null, libvirt: each.libvirt }]
        : [],
    ),
  };
}

/** Writes these facts as outputs. */
export function rememberedOutputs(kind: Kind, { tried, ignored }: Remembered): Arguments {
  return {
    ...("restartDidNotBring" in kind.outputs ? { restartDidNotBring: tried } : {}),
    ...("ignoredByLibvirt" in kind.outputs ? { ignoredByLibvirt: ignored } : {}),
  };
}

/** Returns the outputs of a state that a refresh keeps. */
export function keptOutputs(kind: Kind, state: Arguments): Arguments {
  const names = ["restartDidNotBring", "ignoredByLibvirt"];
  const kept = names.filter((name) => name in kind.outputs && state[name] !== undefined);
  return Object.fromEntries(kept.map((name) => [name, state[name]]));
}
