/** Facts that the state keeps beside the arguments. */

import type { Arguments } from "../model/arguments/field.ts";
import type { AnyKind, Kind } from "../model/arguments/kinds.ts";
import type { Ignored } from "../plan/checks/causes.ts";
import type { Tried } from "../plan/plan.ts";

export interface Remembered {
  /** Last known UUID of the domain or storage pool that the resource is or belongs to. */
  readonly uuid: string | undefined;
  /** Changes that a power cycle did not bring into force. */
  readonly tried: readonly Tried[];
  /** Parts of the declaration that libvirt accepted and left out. */
  readonly ignored: readonly Ignored[];
  /** Whether the resource made the storage pool or volume, so that it may remove it. */
  readonly isOurs: boolean;
  /** Whether only this host uses the volume's pool, as its StoragePool said when the volume was last applied. */
  readonly isExclusive: boolean;
  /** Path of the volume when it was last applied. */
  readonly path: string | undefined;
  /** Whether the volume has been there: an update that broke off may have recorded one that was never made. */
  readonly wasThere: boolean;
}

/** What the state has of a resource besides its arguments. Omitted: none, or not known. */
export interface LastApplied extends Partial<Remembered> {
  /** Result of the last measurement. */
  readonly measured?: unknown;
}

/**
 * Reads these facts from outputs. Missing or malformed outputs, as in states of older versions, give none.
 */
export function rememberedIn(state: Readonly<Record<string, unknown>>): Remembered {
  const listOf = <T>(found: unknown): readonly (Partial<T> | null)[] => (Array.isArray(found) ? found : []);
  const uuid = state.domainUuid ?? state.uuid;
  return {
    uuid: typeof uuid === "string" ? uuid : undefined,
    isOurs: state.isOurs === true,
    isExclusive: state.isExclusive === true,
    path: typeof state.path === "string" ? state.path : undefined,
    wasThere: typeof state.path === "string",
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
export function rememberedOutputs(
  kind: Kind,
  { tried, ignored }: Pick<Remembered, "tried" | "ignored">,
): Arguments {
  return {
    ...("restartDidNotBring" in kind.outputs ? { restartDidNotBring: tried } : {}),
    ...("ignoredByLibvirt" in kind.outputs ? { ignoredByLibvirt: ignored } : {}),
  };
}

/** Returns the outputs of a state that a refresh keeps. */
export function keptOutputs(kind: AnyKind, state: Arguments): Arguments {
  const names = ["restartDidNotBring", "ignoredByLibvirt", "isOurs"];
  const kept = names.filter((name) => name in kind.outputs && state[name] !== undefined);
  return Object.fromEntries(kept.map((name) => [name, state[name]]));
}
