import type { XmlElement } from "../../model/xml/tree.ts";

/** One step down a tree: an element with its identity among its siblings, an attribute, or the text. */
export type PathStep =
  | { readonly kind: "element"; readonly name: string; readonly key?: string }
  | { readonly kind: "attribute"; readonly name: string }
  | { readonly kind: "text" };

/**
 * One difference between the declaration and the host, or one node to remove because it is no longer declared.
 * `path` is `printPath(steps)`: `devices/disk[vdb]/driver/@iothread`, `memory` (the path of an element's text is
 * that of the element).
 */
export interface Change {
  readonly kind: "add" | "remove" | "change";
  readonly steps: readonly PathStep[];
  readonly path: string;
  /** Present value: attribute value, text, or XML of an element. `null` when there is none. */
  readonly before: string | null;
  /** New value, in the form of `before`. `null` for a removal. */
  readonly after: string | null;
  /** The host's element: the changed element itself, or the one that holds the changed attribute or text. */
  readonly actual: XmlElement | null;
  /** The declared element, in canonical form; chosen as for `actual`. */
  readonly desired: XmlElement | null;
  /** The host's elements from the root down to the place; for a part of a device, the third is the device. */
  readonly trail: readonly XmlElement[];
}

/** A declared node that libvirt accepts and then ignores. It is never a change, and the user is always informed. */
export interface Dropped {
  readonly path: string;
  readonly value: string;
  /** Id of the rule in the element table. */
  readonly rule: string;
  readonly reason: string;
}

export interface TreeDiff {
  readonly changes: readonly Change[];
  readonly dropped: readonly Dropped[];
}

/** The three trees of one object that every decision compares; `recorded` is null before the first apply. */
export interface ThreeWay {
  readonly recorded: XmlElement | null;
  readonly desired: XmlElement;
  readonly actual: XmlElement;
  /** libvirt's version on the host: 9.0.0 is 9000000. Omitted when unknown: then no node counts as too new for it. */
  readonly libvirtVersion?: number | undefined;
  /** QEMU's version likewise; it matters for running guests. */
  readonly qemuVersion?: number | undefined;
}
