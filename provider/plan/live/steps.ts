import type { XmlElement } from "../../model/xml/tree.ts";
import type { Change } from "../merge/change.ts";

/** What the provider may do to a running guest. Each value includes the one before it. */
export type WhenRunning = "live" | "detach" | "restart";

/** One virsh command on the running guest. */
export interface LiveStep {
  /** Arguments after `virsh -c URI`; DOMAIN is replaced by the domain's UUID. */
  readonly args: readonly string[];
  /** The standard input; with `--edit`, the text that the editor saves. */
  readonly stdin?: string;
  /** Lower runs first: add, set and pin threads, then attach devices, and remove threads last. */
  readonly order: number;
  readonly label: "live" | "detach";
  /** Whether the step takes a free PCI slot. */
  readonly plugs: boolean;
  /** Alias of a device that must have left the guest before the next step: libvirt says "detached" too early. */
  readonly waitsFor?: string;
  /** Runs when this step fails, and restores what the step before it removed. */
  readonly undo?: { readonly args: readonly string[]; readonly stdin: string };
}

export const DOMAIN = "\u0000domain";

/** The facts about the guest and its host that rows may use. */
export interface LiveContext {
  readonly onlineCpus: readonly number[];
  /** libvirt's version as a number: 9.0.0 is 9000000. */
  readonly libvirtVersion: number;
  /** QEMU's version likewise; 0 when it is not known: then only libvirt's is checked. */
  readonly qemuVersion: number;
  /** The running guest before and after the change. */
  readonly live: XmlElement;
  readonly merged: XmlElement;
  /** The definition after the change. */
  readonly defined: XmlElement;
  readonly allowed: WhenRunning;
}

/** A command that a row makes for a change. */
export type RowStep = Omit<LiveStep, "order" | "label" | "plugs"> & { readonly plugs?: true };

export interface Row {
  /** Path without identities; a final `/**` also matches everything below. */
  readonly place: string;
  readonly kinds: readonly Change["kind"][];
  readonly order: number;
  readonly label: "live" | "detach";
  /** First version of libvirt that can make the change. Default: all supported versions. */
  readonly since?: number;
  /** First version of QEMU that can make the change. Default: all supported versions. */
  readonly sinceQemu?: number;
  /** A note to the user, for libvirt before a version. */
  readonly note?: { readonly before: number; readonly text: string };
  /** The guest has to cooperate and may take long: we ask it once, when the definition changes too. */
  readonly isRequest?: true;
  /** The only devices that can be changed this way, in words; `steps` returns null for others. Default: no limit. */
  readonly only?: string;
  readonly steps: (change: Change, context: LiveContext) => readonly RowStep[] | null;
}

export interface PlannedChange {
  readonly row: Row;
  readonly steps: readonly LiveStep[];
  readonly isRequest: boolean;
}
