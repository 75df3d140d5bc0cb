import type { Topology } from "../model/values/topology.ts";
import type { Measured } from "../plan/activity/compare.ts";
import type { Lint } from "../plan/checks/lint.ts";
import type { GuestCpus } from "../plan/cpus/guestCpus.ts";
import type { Ledger } from "../plan/cpus/ledger.ts";
import type { Label } from "../plan/live/labels.ts";
import type { ObjectName, RecordedChange, RecordedStep, ResourceName } from "../plan/record/types.ts";

/** All content of a report. Each output format prints this and nothing else. Lists are in a stable order. */
export interface Report {
  readonly format: 1;
  readonly totals: Totals;
  /** Number of Pulumi's operations by kind; `null` without `pulumi preview --json`. */
  readonly operations: Readonly<Record<string, number>> | null;
  /** Errors that concern no host. */
  readonly errors: readonly string[];
  readonly hosts: readonly HostReport[];
}

export interface Totals {
  readonly hosts: number;
  readonly unreachableHosts: number;
  /** Number of guests with changes. */
  readonly guests: number;
  readonly changes: number;
  /** Number of guests by their most expensive label. */
  readonly guestsByLabel: Readonly<Partial<Record<Label, number>>>;
  readonly changesByLabel: Readonly<Partial<Record<Label, number>>>;
  /** Number of resources that were read and need no change. */
  readonly unchangedResources: number;
  /** Number of failed reads, errors of Pulumi and obstacles. */
  readonly errors: number;
  readonly lints: { readonly error: number; readonly warning: number; readonly info: number };
}

export interface HostReport {
  /** Canonical libvirt URI. */
  readonly host: string;
  /** Short name: the host name, if it is unique. */
  readonly name: string;
  readonly isUnreachable: boolean;
  /** Errors that concern the whole host. */
  readonly errors: readonly string[];
  /** Number of resources that could not be read. */
  readonly unknownResources: number;
  readonly libvirtVersion: number;
  readonly qemuVersion: number;
  /** `null` when the host was not read. */
  readonly cpus: HostCpus | null;
  /** Guests, pools and volumes with changes, lints, obstacles, errors or measurements. */
  readonly domains: readonly DomainReport[];
}

export interface HostCpus {
  readonly topology: Topology;
  /** All guests in their current state. */
  readonly guests: readonly GuestCpus[];
  /** Guests after the update; `null` when no pin, thread or disk's thread changes. */
  readonly guestsAfter: readonly GuestCpus[] | null;
  /** Findings about the guests after the update. */
  readonly ledger: Ledger;
}

/** A guest, or a storage pool or volume. */
export interface DomainReport {
  /** The guest's name; for another kind of object with its kind: `volume images/data.qcow2`. */
  readonly name: string;
  /** Omitted for a guest. */
  readonly kind?: Exclude<ObjectName["kind"], "domain">;
  /** `null` when unknown. */
  readonly isRunning: boolean | null;
  /** The most expensive label of the changes; `null` when nothing changes. */
  readonly label: Label | null;
  readonly changes: readonly ReportedChange[];
  readonly steps: readonly RecordedStep[];
  readonly obstacles: readonly string[];
  readonly errors: readonly string[];
  readonly lints: readonly Lint[];
  /** Measured effect of each resource's last update on the guest. */
  readonly measured: readonly ReportedMeasurement[];
  /** One diff per resource that changes the definition. */
  readonly diffs: readonly { readonly resource: ResourceName; readonly lines: readonly string[] }[];
}

export interface ReportedMeasurement extends Measured {
  readonly resource: ResourceName;
}

export interface ReportedChange extends RecordedChange {
  readonly resource: ResourceName;
}
