/** Adopted guests as plain data: the arguments of each resource, and notes for the user. */

import type { Arguments } from "../../model/arguments/field.ts";
import type { KindName } from "../../model/arguments/kinds.ts";

export interface AdoptedHost {
  /** The URI as the user wrote it. */
  readonly uri: string;
  /** Sorted by name. */
  readonly guests: readonly AdoptedGuest[];
  readonly storage: AdoptedStorage;
  readonly left: readonly LeftOut[];
}

export interface AdoptedGuest {
  readonly name: string;
  /** The Domain first, then its parts. */
  readonly resources: readonly AdoptedResource[];
  /** What is special about this guest, one sentence each. */
  readonly notes: readonly string[];
}

export interface AdoptedResource {
  readonly kind: KindName;
  /** Name within the guest: `io1`, `vdb`, `scsi0`; empty for the Domain. */
  readonly label: string;
  /** Arguments without `host` and `domain`. */
  readonly args: Arguments;
}

/** The pools and volumes in which disks of the adopted guests lie. */
export interface AdoptedStorage {
  readonly pools: readonly AdoptedPool[];
  /** A volume comes after the one that is below it. */
  readonly volumes: readonly AdoptedVolume[];
}

export const noStorage: AdoptedStorage = { pools: [], volumes: [] };

export interface AdoptedPool {
  readonly name: string;
  /** Arguments without `host`. */
  readonly args: Arguments;
}

export interface AdoptedVolume {
  readonly pool: string;
  readonly name: string;
  readonly path: string;
  /** Arguments without `host` and `pool`. */
  readonly args: Arguments;
}

/** A domain that is not adopted. */
export interface LeftOut {
  readonly name: string;
  readonly reason: string;
}
