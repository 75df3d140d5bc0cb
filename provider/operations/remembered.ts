/** What only an update can learn, and the state keeps until the declaration changes. */

import type { Arguments } from "../model/arguments/field.ts";
import type { Kind } from "../model/arguments/kinds.ts";
import type { Ignored } from "../plan/checks/causes.ts";
import type { Tried } from "../plan/plan.ts";

export interface Remembered {
  /** What the guest was power-cycled for in vain. */
  readonly tried: readonly Tried[];
  /** What libvirt took and left out. */
  readonly ignored: readonly Ignored[];
}

/** From outputs. States of older versions have none; anything else is none too. */
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

/** As outputs. */
export function rememberedOutputs(kind: Kind, { tried, ignored }: Remembered): Arguments {
  return {
    ...("restartDidNotBring" in kind.outputs ? { restartDidNotBring: tried } : {}),
    ...("ignoredByLibvirt" in kind.outputs ? { ignoredByLibvirt: ignored } : {}),
  };
}

/** Outputs of a state that a refresh keeps. */
export function keptOutputs(kind: Kind, state: Arguments): Arguments {
  const names = ["restartDidNotBring", "ignoredByLibvirt"];
  const kept = names.filter((name) => name in kind.outputs && state[name] !== undefined);
  return Object.fromEntries(kept.map((name) => [name, state[name]]));
}
