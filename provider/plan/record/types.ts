import type { LibvirtObject } from "../../model/objects.ts";
import type { Topology } from "../../model/values/topology.ts";
import type { Measured } from "../activity/compare.ts";
import type { Lint } from "../checks/lint.ts";
import type { GuestCpus } from "../cpus/guestCpus.ts";
import type { Label } from "../live/labels.ts";
import type { Change } from "../merge/change.ts";

/** Of every line; a reader refuses a number that it does not know. */
export const recordFormat = 2;

/** One line of the plan file: what was found on a host, what would be done for one resource, or what failed. */
export type PlanRecord = HostRecord | ResourceRecord | ErrorRecord;

/** A host as it was read, once per run: all its guests, declared or not. */
export interface HostRecord {
  readonly format: typeof recordFormat;
  readonly kind: "host";
  /** Canonical libvirt URI. */
  readonly host: string;
  /** 9.0.0 is 9000000. */
  readonly libvirtVersion: number;
  /** Likewise; 0 when the driver has none. */
  readonly qemuVersion: number;
  readonly topology: Topology;
  readonly guests: readonly GuestCpus[];
}

/** The object of libvirt's that a record is about. */
export interface ObjectName {
  readonly kind: LibvirtObject["name"];
  readonly name: string;
}

/** What would be done for one resource; nothing to do is recorded too. */
export interface ResourceRecord {
  readonly format: typeof recordFormat;
  readonly kind: "resource";
  readonly host: string;
  readonly object: ObjectName;
  readonly domain: string;
  readonly resource: ResourceName;
  /** Null: not known. */
  readonly isRunning: boolean | null;
  /** The dearest of the changes' labels; null when nothing changes. */
  readonly label: Label | null;
  readonly changes: readonly RecordedChange[];
  /** Commands in their order. */
  readonly steps: readonly RecordedStep[];
  /** Why it can't be done; nothing would be touched then. */
  readonly obstacles: readonly string[];
  readonly lints: readonly Lint[];
  /** The persistent definition, one element per line; null when it is not written. Before is empty for a new domain. */
  readonly xml: { readonly before: string; readonly after: string } | null;
  /** Where the guest's threads may run, when that changes. */
  readonly cpus: { readonly before: GuestCpus; readonly after: GuestCpus } | null;
  /** What the last update of the resource did to the guest. Absent: it was not measured. */
  readonly measured?: Measured;
}

export interface ResourceName {
  /** `Domain`, `IoThread`, … */
  readonly kind: string;
  /** What tells it from others of its kind in the domain: `vdb`, `1`. Null for the domain itself. */
  readonly key: string | null;
}

export interface RecordedChange extends Pick<Change, "kind" | "path" | "before" | "after"> {
  readonly label: Label;
}

export interface RecordedStep {
  /** From `virsh` on; the domain by its name. */
  readonly argv: readonly string[];
  readonly stdin?: string;
  readonly label: Label;
}

/** A host or a resource that could not be looked at. */
export interface ErrorRecord {
  readonly format: typeof recordFormat;
  readonly kind: "error";
  readonly host: string;
  /** Null: the whole host. */
  readonly object: ObjectName | null;
  /** Likewise. */
  readonly domain: string | null;
  readonly resource: ResourceName | null;
  /** Whether the host did not answer: nothing is known of its guests then. */
  readonly isUnreachable: boolean;
  readonly message: string;
}
