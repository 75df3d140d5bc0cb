import type { LibvirtObject } from "../../model/objects.ts";
import type { Topology } from "../../model/values/topology.ts";
import type { Measured } from "../activity/compare.ts";
import type { Lint } from "../checks/lint.ts";
import type { GuestCpus } from "../cpus/guestCpus.ts";
import type { Label } from "../live/labels.ts";
import type { Change } from "../merge/change.ts";

/** Format number in every line. A reader refuses a number that it does not know. */
export const recordFormat = 2;

/** One line of the plan file: the state of a host, the plan for one resource, or an error. */
export type PlanRecord = HostRecord | ResourceRecord | ErrorRecord;

/** A host as it was read, once per run, with all its guests, declared or not. */
export interface HostRecord {
  readonly format: typeof recordFormat;
  readonly kind: "host";
  /** Canonical libvirt URI. */
  readonly host: string;
  /** Version as a number: 9.0.0 is 9000000. */
  readonly libvirtVersion: number;
  /** QEMU's version in the same form; 0 when the driver has none. */
  readonly qemuVersion: number;
  readonly topology: Topology;
  readonly guests: readonly GuestCpus[];
}

/** The libvirt object that a record is about. */
export interface ObjectName {
  readonly kind: LibvirtObject["name"];
  readonly name: string;
}

/** The plan for one resource. A plan without changes is recorded too. */
export interface ResourceRecord {
  readonly format: typeof recordFormat;
  readonly kind: "resource";
  readonly host: string;
  readonly object: ObjectName;
  readonly domain: string;
  readonly resource: ResourceName;
  /** `null` when unknown. */
  readonly isRunning: boolean | null;
  /** The most expensive label of the changes; `null` when nothing changes. */
  readonly label: Label | null;
  readonly changes: readonly RecordedChange[];
  /** Commands, in order. */
  readonly steps: readonly RecordedStep[];
  /** Why the plan is impossible; if not empty, nothing would be changed. */
  readonly obstacles: readonly string[];
  readonly lints: readonly Lint[];
  /**
   * The persistent definition, one element per line; `null` when it is not written. `before` is empty for a new
   * domain.
   */
  readonly xml: { readonly before: string; readonly after: string } | null;
  /** Where the guest's threads may run; `null` when that does not change. */
  readonly cpus: { readonly before: GuestCpus; readonly after: GuestCpus } | null;
  /** Measured effect of the resource's last update on the guest. Omitted when it was not measured. */
  readonly measured?: Measured;
}

export interface ResourceName {
  /** Kind of resource: `Domain`, `IoThread`, … */
  readonly kind: string;
  /** Key within the domain, such as `vdb` or `1`; `null` for the domain itself. */
  readonly key: string | null;
}

export interface RecordedChange extends Pick<Change, "kind" | "path" | "before" | "after"> {
  readonly label: Label;
}

export interface RecordedStep {
  /** Words of the command, starting with `virsh`. The domain is given by name. */
  readonly argv: readonly string[];
  readonly stdin?: string;
  readonly label: Label;
}

/** A host or a resource that could not be read. */
export interface ErrorRecord {
  readonly format: typeof recordFormat;
  readonly kind: "error";
  readonly host: string;
  /** `null` when the error concerns the whole host. */
  readonly object: ObjectName | null;
  /** `null` when the error concerns the whole host. */
  readonly domain: string | null;
  readonly resource: ResourceName | null;
  /** Whether the host did not answer; then nothing is known about its guests. */
  readonly isUnreachable: boolean;
  readonly message: string;
}
