import type { XmlElement } from "../../model/xml/tree.ts";
import type { Change } from "../merge/change.ts";

/** What may be done to a guest while it runs. Each includes the one before it. */
export type WhenRunning = "live" | "detach" | "restart";

/** One virsh command on the running guest. */
export interface LiveStep {
  /** Arguments after `virsh -c URI`; DOMAIN stands for the domain's UUID. */
  readonly args: readonly string[];
  /** What is read from /dev/stdin, or with `--edit` what the editor makes of the text. */
  readonly stdin?: string;
  /** Lower goes first: threads are added, set and pinned, then devices come, and threads go last. */
  readonly order: number;
  readonly label: "live" | "detach";
  /** Whether it takes a free PCI slot. */
  readonly plugs: boolean;
  /** Alias of the device that has to be gone from the guest before the next step: libvirt says "detached" before it is. */
  readonly waitsFor?: string;
  /** Run when this step fails: puts back what the step before it took away. */
  readonly undo?: { readonly args: readonly string[]; readonly stdin: string };
}

export const DOMAIN = "\u0000domain";

/** What rows may ask of the guest and its host. */
export interface LiveContext {
  readonly onlineCpus: readonly number[];
  /** libvirt's version as a number: 9.0.0 is 9000000. */
  readonly libvirtVersion: number;
  /** QEMU's likewise; 0 when it is not known: then libvirt's alone counts. */
  readonly qemuVersion: number;
  /** The running guest as it is, and as it is to be. */
  readonly live: XmlElement;
  readonly merged: XmlElement;
  /** The definition as it is to be. */
  readonly defined: XmlElement;
  readonly allowed: WhenRunning;
}

/** What a row makes of a change: commands in order, or null when this one can't be made so. */
export type RowStep = Omit<LiveStep, "order" | "label" | "plugs"> & { readonly plugs?: true };

export interface Row {
  /** Path without identities; `/**` at its end means everything below as well. */
  readonly place: string;
  readonly kinds: readonly Change["kind"][];
  readonly order: number;
  readonly label: "live" | "detach";
  /** libvirt's first version that can. Absent: all that are supported. */
  readonly since?: number;
  /** QEMU's first version that can. Absent likewise. */
  readonly sinceQemu?: number;
  /** What people have to know of it, on libvirt before a version. */
  readonly note?: { readonly before: number; readonly text: string };
  /** The guest has to cooperate and may take its time: asked once, when the definition changes too. */
  readonly isRequest?: true;
  /** What alone can be changed so, in words; its steps are null for the rest. Absent: all that the place says. */
  readonly only?: string;
  readonly steps: (change: Change, context: LiveContext) => readonly RowStep[] | null;
}

export interface PlannedChange {
  readonly row: Row;
  readonly steps: readonly LiveStep[];
  readonly isRequest: boolean;
}
