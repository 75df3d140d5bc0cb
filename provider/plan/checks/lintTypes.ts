import type { Topology } from "../../model/values/topology.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { GuestCpus } from "../cpus/guestCpus.ts";
import type { ImageUse } from "./diskImages.ts";
import type { Undecided } from "./undecided.ts";

export type LintLevel = "off" | "info" | "warning" | "error";
export type LintId = `L${number}`;

/** The domain to lint. */
export interface LintDomain {
  readonly name: string;
  /** The definition after the change. */
  readonly definition: XmlElement;
  /** The running guest as it is; `null` when it does not run. */
  readonly live: XmlElement | null;
  /** What other resources may still declare differently. Default: nothing. */
  readonly undecided?: ReadonlySet<Undecided>;
  /** Whether it starts with its host, after the change. Default: it does not. */
  readonly autostart?: boolean;
  /** Targets of the disks that the program declares. Default: all disks. */
  readonly declaredDisks?: ReadonlySet<string>;
}

/** The domain with facts that several lints need. */
export interface LintedDomain extends LintDomain {
  /** The CPUs that the guest's threads may use after the change. */
  readonly cpus: GuestCpus;
}

/** The host's facts that lints may use. */
export interface LintHost {
  /** 9.0.0 is 9000000; 0 when unknown. */
  readonly libvirtVersion: number;
  /** 7.2.0 is 7002000; 0 when unknown. */
  readonly qemuVersion: number;
  readonly topology: Topology;
  /** The host's guests as they are now, declared or not. Only guests that may count (`mayCount`). */
  readonly guests: readonly GuestCpus[];
  /**
   * Disks of other guests that may be on an image of this domain. May include further disks. Default: none.
   */
  readonly uses?: readonly ImageUse[];
  /** Names of storage pools that do not start with the host, after the program has run. Default: none. */
  readonly poolsOff?: ReadonlySet<string>;
}

export interface LintFinding {
  /**
   * Place in the domain, as in a change: `devices/disk[vdb]`. Empty for a finding about the host as a whole.
   */
  readonly path: string;
  readonly message: string;
}
