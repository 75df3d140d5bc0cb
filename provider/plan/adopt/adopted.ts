/** Adopted guests as plain data: the arguments of each resource, and notes for the user. */

import type { Arguments } from "../../model/arguments/field.ts";
import type { KindName } from "../../model/arguments/kinds.ts";

export interface AdoptedHost {
  /** The URI as the user wrote it. */
  readonly uri: string;
  /** Sorted by name. */
  readonly guests: readonly AdoptedGuest[];
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

/** A domain that is not adopted. */
export interface LeftOut {
  readonly name: string;
  readonly reason: string;
}
