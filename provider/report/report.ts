import type { Topology } from "../model/values/topology.ts";
import type { Measured } from "../plan/activity/compare.ts";
import type { Lint } from "../plan/checks/lint.ts";
import type { GuestCpus } from "../plan/cpus/guestCpus.ts";
import type { Ledger } from "../plan/cpus/ledger.ts";
import type { Label } from "../plan/live/labels.ts";
import type { RecordedChange, RecordedStep, ResourceName } from "../plan/record/types.ts";

/** Everything that is shown, in one value: each format prints this and nothing else. Lists are in a stable order. */
export interface Report {
  readonly format: 1;
  readonly totals: Totals;
  /** What Pulumi itself plans, by operation; null without `pulumi preview --json`. */
  readonly operations: Readonly<Record<string, number>> | null;
  /** Errors that belong to no host. */
  readonly errors: readonly string[];
  readonly hosts: readonly HostReport[];
}

export interface Totals {
  readonly hosts: number;
  readonly unreachableHosts: number;
  /** Guests with changes. */
  readonly guests: number;
  readonly changes: number;
  /** Guests by their dearest label. */
  readonly guestsByLabel: Readonly<Partial<Record<Label, number>>>;
  readonly changesByLabel: Readonly<Partial<Record<Label, number>>>;
  /** Resources that were looked at and need nothing. */
  readonly unchangedResources: number;
  /** Failures to read, errors of Pulumi, obstacles. */
  readonly errors: number;
  readonly lints: { readonly error: number; readonly warning: number; readonly info: number };
}

export interface HostReport {
  /** Canonical libvirt URI. */
  readonly host: string;
  /** Short name: the host's, where no other has the same. */
  readonly name: string;
  readonly isUnreachable: boolean;
  /** What failed there as a whole. */
  readonly errors: readonly string[];
  /** Resources that could not be looked at. */
  readonly unknownResources: number;
  readonly libvirtVersion: number;
  readonly qemuVersion: number;
  /** Null when the host was not read. */
  readonly cpus: HostCpus | null;
  /** Guests that have changes, lints, obstacles, errors or measurements. */
  readonly domains: readonly DomainReport[];
}

export interface HostCpus {
  readonly topology: Topology;
  /** All guests as they are. */
  readonly guests: readonly GuestCpus[];
  /** Guests as they will be; null when no pin, thread or disk's thread changes. */
  readonly guestsAfter: readonly GuestCpus[] | null;
  /** Of the guests as they will be. */
  readonly ledger: Ledger;
}

export interface DomainReport {
  readonly name: string;
  /** Null: not known. */
  readonly isRunning: boolean | null;
  /** The dearest; null when nothing changes. */
  readonly label: Label | null;
  readonly changes: readonly ReportedChange[];
  readonly steps: readonly RecordedStep[];
  readonly obstacles: readonly string[];
  readonly errors: readonly string[];
  readonly lints: readonly Lint[];
  /** What the last update of each resource did to the guest, where it was measured. */
  readonly measured: readonly ReportedMeasurement[];
  /** One per resource that writes the definition. */
  readonly diffs: readonly { readonly resource: ResourceName; readonly lines: readonly string[] }[];
}

export interface ReportedMeasurement extends Measured {
  readonly resource: ResourceName;
}

export interface ReportedChange extends RecordedChange {
  readonly resource: ResourceName;
}
