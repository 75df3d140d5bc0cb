import { childrenOf, textOf, valueAt } from "../xml/read.ts";
import type { XmlElement } from "../xml/tree.ts";

/** A declared node that the host lacks, or has with another value. */
export interface Site {
  /** For example `devices/disk/driver/@cache`; an element's text has the place of the element. */
  readonly place: string;
  /** The declared value of the attribute or text; for an element its XML. */
  readonly value: string;
  /** The declared element that holds the attribute or text, or that is missing itself. */
  readonly element: XmlElement;
  /** The element on the host that holds, or would hold, the node. */
  readonly actual: XmlElement;
  /** The value that the host has instead; null when it has none. */
  readonly there: string | null;
  /** Declared elements from the root down to the one that holds, or would hold, the node. */
  readonly trail: readonly XmlElement[];
  /** The same on the host's side; an empty element takes the place of a missing one. */
  readonly actualTrail: readonly XmlElement[];
  /** QEMU's version on the host as a number. Omitted or 0 when unknown. */
  readonly qemuVersion?: number | undefined;
}

/** A rule for a declared node that libvirt does not print, or prints in another way. */
export interface Omission {
  /** Appears in reports, so it never changes. */
  readonly id: string;
  /** For example `devices/disk/driver/@cache`; a leading `**` matches any elements above, a final one all below. */
  readonly place: string;
  /**
   * `default`: libvirt does not print the value, or prints another one, because that means the same.
   * `dropped`: libvirt accepts the value and ignores it; the user is always informed.
   */
  readonly kind: "default" | "dropped";
  /** Values that the rule is for. Default: all. */
  readonly values?: readonly string[] | RegExp;
  /** The rule also applies when the host has another value. Default: only when it has none. */
  readonly evenOver?: true;
  readonly when?: (site: Site) => boolean;
  readonly reason: string;
}

/** The declared root, and the declared device that the node belongs to. */
export const rootOf = (site: Site): XmlElement | undefined => site.trail[0];
export const deviceOf = (site: Site): XmlElement | undefined => site.trail[2] ?? site.element;

/** A value at a place under the root: the declared one, else the host's, since a declaration may cover only a part. */
export function factOf(site: Site, place: string): string | undefined {
  return valueIn(site.trail[0], place) ?? valueIn(site.actualTrail[0], place);
}

/** Likewise, at a place under the device. */
export function deviceFactOf(site: Site, place: string): string | undefined {
  return valueIn(site.trail[2] ?? site.element, place) ?? valueIn(site.actualTrail[2], place);
}

/** Likewise, at a place under the element that holds the node. */
export function ownFactOf(site: Site, place: string): string | undefined {
  return valueIn(site.element, place) ?? valueIn(site.actual, place);
}

const valueIn = (element: XmlElement | undefined, place: string) => element && valueAt(element, place);

/** Whether the element has no attribute, no child element and no text. */
export const isEmpty = (element: XmlElement): boolean =>
  element.attributes.length === 0 && childrenOf(element).length === 0 && textOf(element) === "";

/** Whether the element and all elements below it have no text and no attribute other than zero. */
export const saysNothing = (element: XmlElement): boolean =>
  textOf(element) === "" &&
  element.attributes.every(({ value }) => /^0*$/.test(value)) &&
  childrenOf(element).every(saysNothing);

/** Rows by the last step of their place, so that a look-up tries few of them. */
export interface OmissionIndex {
  readonly byTail: ReadonlyMap<string, readonly Omission[]>;
  /** Rows that match any last step. */
  readonly open: readonly Omission[];
}

export const tailOf = (place: string): string => place.slice(place.lastIndexOf("/") + 1);

export function indexOmissions(rows: readonly Omission[]): OmissionIndex {
  const isOpen = ({ place }: Omission) => /(?:^|\/)\*{1,2}$/.test(place);
  const byTail = new Map<string, Omission[]>();
  for (const row of rows.filter((each) => !isOpen(each))) {
    const tail = tailOf(row.place);
    byTail.set(tail, [...(byTail.get(tail) ?? []), row]);
  }
  return { byTail, open: rows.filter(isOpen) };
}
