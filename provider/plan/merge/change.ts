import type { XmlElement } from "../../model/xml/tree.ts";

/** One step down a tree: an element with its identity among its siblings, an attribute, or the text. */
export type PathStep =
  | { readonly kind: "element"; readonly name: string; readonly key?: string }
  | { readonly kind: "attribute"; readonly name: string }
  | { readonly kind: "text" };

/**
 * One difference between what is declared and what is there, or one thing to take away because it was
 * declared before and is no more. `path` is `printPath(steps)`:
 * `devices/disk[vdb]/driver/@iothread`, `memory` (an element's text has no step of its own in print).
 */
export interface Change {
  readonly kind: "add" | "remove" | "change";
  readonly steps: readonly PathStep[];
  readonly path: string;
  /** Value now: attribute value, text, or XML of an element. Null when there is none. */
  readonly before: string | null;
  /** Value to be: as `before`. Null when it is to be removed. */
  readonly after: string | null;
  /** The element as it is in actual: the changed one itself for an element, else the nearest one around it. */
  readonly actual: XmlElement | null;
  /** The element as it is declared, canonical: as for `actual`. */
  readonly desired: XmlElement | null;
  /** What is there from the root down to the place: of a device's part, the third is the device. */
  readonly trail: readonly XmlElement[];
}

/** Something declared that libvirt accepts and then ignores: never a change, always told. */
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

/** The three sides of every decision. Each tree is one object; recorded is null at first sight. */
export interface ThreeWay {
  readonly recorded: XmlElement | null;
  readonly desired: XmlElement;
  readonly actual: XmlElement;
  /** Of the host, as a number: 9.0.0 is 9000000. Absent: whatever is declared may be known to it. */
  readonly libvirtVersion?: number | undefined;
}
