import type { Topology } from "../../model/values/topology.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { GuestCpus } from "../cpus/guestCpus.ts";
import type { ImageUse } from "./diskImages.ts";
import type { Undecided } from "./undecided.ts";

export type LintLevel = "off" | "info" | "warning" | "error";
export type LintId = `L${number}`;

/** The domain that is looked at. */
export interface LintDomain {
  readonly name: string;
  /** Its definition as it will be. */
  readonly definition: XmlElement;
  /** The running guest as it is; null when it does not run. */
  readonly live: XmlElement | null;
  /** What other resources may still declare otherwise. Absent: nothing. */
  readonly undecided?: ReadonlySet<Undecided>;
  /** Targets of the disks that the program declares. Absent: all of them. */
  readonly declaredDisks?: ReadonlySet<string>;
}

/** The same, with what several lints ask of it. */
export interface LintedDomain extends LintDomain {
  /** Where its threads may run, as it will be. */
  readonly cpus: GuestCpus;
}

/** What of the host a lint may look at. */
export interface LintHost {
  /** 9.0.0 is 9000000; 0 when not known. */
  readonly libvirtVersion: number;
  /** Likewise. */
  readonly qemuVersion: number;
  readonly topology: Topology;
  /** Guests of the host, declared or not, as they are now: all that may count (`mayCount`). */
  readonly guests: readonly GuestCpus[];
  /** Disks of other guests, of those at least that may be on an image of the domain. Absent: none. */
  readonly uses?: readonly ImageUse[];
}

export interface LintFinding {
  /** Place in the domain, as of a change: `devices/disk[vdb]`; empty: the host as a whole. */
  readonly path: string;
  readonly message: string;
}
