/** What is taken over, as plain data: the arguments of every resource, and what people should know. */

import type { Arguments } from "../../model/arguments/field.ts";
import type { KindName } from "../../model/arguments/kinds.ts";

export interface AdoptedHost {
  /** The URI as it was given. */
  readonly uri: string;
  /** By name. */
  readonly guests: readonly AdoptedGuest[];
  readonly left: readonly LeftOut[];
}

export interface AdoptedGuest {
  readonly name: string;
  /** The Domain first, then what belongs to it. */
  readonly resources: readonly AdoptedResource[];
  /** What is special about it, a sentence each. */
  readonly notes: readonly string[];
}

export interface AdoptedResource {
  readonly kind: KindName;
  /** What it is called within its guest: `io1`, `vdb`, `scsi0`; empty for the Domain. */
  readonly label: string;
  /** Less `host` and `domain`. */
  readonly args: Arguments;
}

/** A domain that is not taken over. */
export interface LeftOut {
  readonly name: string;
  readonly reason: string;
}
