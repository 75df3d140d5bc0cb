import { childrenOf, textOf, valueAt } from "../xml/read.ts";
import type { XmlElement } from "../xml/tree.ts";

/** A declared node that is not there as declared. */
export interface Site {
  /** `devices/disk/driver/@cache`; an element's text has the element's own place. */
  readonly place: string;
  /** Its value: of the attribute, the text, or the XML of an element. */
  readonly value: string;
  /** The declared element: that holds the attribute or text, or that is missing itself. */
  readonly element: XmlElement;
  /** What is there: the element that holds, or would hold it. */
  readonly actual: XmlElement;
  /** The value that is there instead; null when there is none. */
  readonly there: string | null;
  /** Declared elements from the root down to the one that holds, or would hold it. */
  readonly trail: readonly XmlElement[];
  /** The same of what is there; an element that is missing is an empty one. */
  readonly actualTrail: readonly XmlElement[];
}

/** What is known of a declared node that libvirt does not print, or prints otherwise. */
export interface Omission {
  /** Stands in every report; never changes. */
  readonly id: string;
  /** Where: `devices/disk/driver/@cache`; a leading `**` stands for any elements above, one at the end for all below. */
  readonly place: string;
  /** `default`: not printed, or printed otherwise, because it says the same. `dropped`: accepted and ignored; always told. */
  readonly kind: "default" | "dropped";
  /** Values this holds for. Absent: all. */
  readonly values?: readonly string[] | RegExp;
  /** Holds although something else stands there; absent: only where nothing does. */
  readonly evenOver?: true;
  readonly when?: (site: Site) => boolean;
  readonly reason: string;
}

/** The declared root, and the declared device the node belongs to. */
export const rootOf = (site: Site): XmlElement | undefined => site.trail[0];
export const deviceOf = (site: Site): XmlElement | undefined => site.trail[2] ?? site.element;

/** A value of the whole: as declared, else as it is; a declaration may be of a part only. */
export function factOf(site: Site, place: string): string | undefined {
  return valueIn(site.trail[0], place) ?? valueIn(site.actualTrail[0], place);
}

/** Likewise of the device. */
export function deviceFactOf(site: Site, place: string): string | undefined {
  return valueIn(site.trail[2] ?? site.element, place) ?? valueIn(site.actualTrail[2], place);
}

/** Likewise of the element that holds an attribute. */
export function ownFactOf(site: Site, place: string): string | undefined {
  return valueIn(site.element, place) ?? valueIn(site.actual, place);
}

const valueIn = (element: XmlElement | undefined, place: string) => element && valueAt(element, place);

/** No text, and no attribute that is more than zero, in it or below it. */
export const saysNothing = (element: XmlElement): boolean =>
  textOf(element) === "" &&
  element.attributes.every(({ value }) => /^0*$/.test(value)) &&
  childrenOf(element).every(saysNothing);

/** Rows by the last step of their place, so that few are looked at. */
export interface OmissionIndex {
  readonly byTail: ReadonlyMap<string, readonly Omission[]>;
  /** Rows that hold for any last step. */
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
