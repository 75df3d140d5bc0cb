/** What a kind of libvirt object says of its XML: by it, and by nothing else, two of its trees are compared and merged. */
import type { XmlElement } from "../xml/tree.ts";
import { indexOmissions, type Omission, type OmissionIndex } from "./omission.ts";
import type { SecretRow } from "./secrets.ts";

/** What tells elements of one name apart among their siblings. */
export interface Identity {
  /** Places under the element whose values together are the key. */
  readonly places: readonly string[];
  /** One way of writing each value. */
  readonly canonical?: (value: string) => string;
  /** The value of a part that is not there. Absent: then there is no key. */
  readonly absent?: string;
  /** What tells those apart that have no such key. Absent: nothing. */
  readonly otherwise?: Identity;
  /** The key that libvirt gives to an element without one; null: it gives none. */
  readonly given?: (element: XmlElement, siblings: readonly XmlElement[]) => string | null;
}

/** Values that mean the same though written otherwise: how the place ends, and one way of writing. */
export interface Meaning {
  readonly ends: RegExp;
  readonly canonical: (value: string) => string;
}

/** By the place of the parent and the name of the element. */
type Places = readonly (readonly [above: RegExp, name: RegExp])[];

/** Which of several elements of one name libvirt reads; null for all of them. */
export type Counting = "first" | "last" | null;

/** How an element is written otherwise: what libvirt renames, splits, moves or numbers. */
export type Rewrite = (element: XmlElement) => XmlElement | readonly XmlElement[];

interface Sizes {
  /** Unit of a size that is given without one: how the place ends → unit. KiB everywhere else. */
  readonly bare: readonly (readonly [RegExp, string])[];
  /** Sizes of which libvirt cuts off what is less than a unit; it rounds up all others. */
  readonly cut: RegExp;
  /** Sizes that may stand there without a unit. libvirt prints all others with one. */
  readonly unitless: RegExp;
}

/** What libvirt puts into a definition by itself, so that nobody has to write it. */
export interface Filled {
  /** Path from the root of an element, attribute or `text()`; `*` stands for any one element. */
  readonly place: string;
  /** Values that libvirt's own has, by place under the element (of an attribute: its owner). Absent: always its own. */
  readonly when?: Readonly<Record<string, RegExp>>;
  /** Only an element without children. */
  readonly isEmpty?: true;
  /** What else must hold of the whole. */
  readonly given?: (root: XmlElement) => boolean;
}

/** What libvirt puts back into a definition that lacks it: its removal would be a change that never comes true. */
export interface Restored {
  /** Path from the root. */
  readonly place: string;
  /** Only an element without children: with some it says more than libvirt's own. */
  readonly isBare?: true;
  /** Values with which libvirt puts it back, by place under the element (of an attribute: its owner). */
  readonly when?: Readonly<Record<string, RegExp>>;
  /** What else must hold of the whole as it will be. */
  readonly given?: (root: XmlElement) => boolean;
}

/** What was merged, for what has to be done last. */
export interface Edit {
  /** What was there, in one way of writing. */
  readonly actual: XmlElement;
  /** The same as libvirt printed it. */
  readonly printed: XmlElement;
  readonly declared: XmlElement;
  /** Paths of the changes. */
  readonly paths: readonly string[];
}

/** What a kind of object writes down; places are paths from its root element. */
export interface Tables {
  /**
   * An element without all parts of its key, or that is not listed here, is the one with the fewest differences,
   * then the one at its position among equals.
   */
  readonly identities: Readonly<Record<string, Identity>>;
  /** Places, beside those with an identity, of which there may be several, not all of them declared by the same program. */
  readonly isListed: (place: string) => boolean;
  /** Whether the order of such elements is part of what they say. */
  readonly isOrdered: (place: string, declared: readonly XmlElement[]) => boolean;
  /** Elements, beside those that are listed, that are one thing: they go whole, with what libvirt put into them. */
  readonly isWhole: (place: string) => boolean;
  /** Elements that others put elements of theirs into: they stay while anything is left that was not declared. */
  readonly isShared: (place: string) => boolean;
  /** Elements that collect options of several origins: only those that were declared go. */
  readonly isBag: (place: string) => boolean;
  readonly repeated: {
    /** Elements of which libvirt reads one, whichever number is written. */
    readonly first: Places;
    /** Elements of which each one overrides what was read before. */
    readonly last: Places;
    /** What else tells several of them apart. */
    readonly nameOf: (element: XmlElement) => string | undefined;
  };
  readonly meanings: readonly Meaning[];
  /** Words that libvirt exchanges when it defines: place of the value → declared word → what becomes of it. */
  readonly aliases: Readonly<Record<string, Readonly<Record<string, RegExp>>>>;
  readonly sizes: Sizes;
  /** The namespace of an extension, with the prefix that libvirt prints. */
  readonly namespace: { readonly prefix: string; readonly uri: string };
  /** The whole in one way of writing, before the rewrites. */
  readonly normalise: (root: XmlElement) => XmlElement;
  readonly rewrites: Readonly<Record<string, Rewrite>>;
  /** What libvirt does not print, or prints otherwise. */
  readonly omissions: readonly Omission[];
  /** Places that libvirt up to a version takes and drops in silence, and newer ones print. */
  readonly newer: { readonly upTo: number; readonly places: ReadonlySet<string> };
  readonly filled: readonly Filled[];
  readonly restored: readonly Restored[];
  readonly secrets: readonly SecretRow[];
  /** An element that libvirt prints twice: an edit of one is an edit of the other, and named by the first alone. */
  readonly mirror: {
    readonly place: string;
    /** The declaration with the second one; the same where it says nothing of the first. */
    readonly add: (declared: XmlElement, actual: XmlElement) => XmlElement;
  } | null;
  /** What is done last, to a tree that was changed. */
  readonly complete: (merged: XmlElement, edit: Edit) => XmlElement;
}

/** The tables, and the questions that are asked of them by place. */
export interface Schema extends Omit<Tables, "omissions"> {
  readonly omissions: OmissionIndex;
  readonly canonicalAt: (place: string) => Meaning["canonical"] | null;
  readonly countingAt: (place: string) => Counting;
}

export function schemaOf(tables: Tables): Schema {
  const { identities, isListed, repeated, meanings, omissions } = tables;
  const has = (rows: Places, above: string, name: string) =>
    rows.some(([where, what]) => where.test(above) && what.test(name));
  return {
    ...tables,
    omissions: indexOmissions(omissions),
    isListed: byPlace((place) => Object.hasOwn(identities, place) || isListed(place)),
    canonicalAt: byPlace((place) => meanings.find(({ ends }) => ends.test(place))?.canonical ?? null),
    countingAt: byPlace((place) => {
      const at = place.lastIndexOf("/");
      const [above, name] = [place.slice(0, Math.max(at, 0)), place.slice(at + 1)];
      return has(repeated.first, above, name) ? "first" : has(repeated.last, above, name) ? "last" : null;
    }),
  };
}

/** The same few hundred places are asked for in every walk: each answer is kept. */
function byPlace<Answer>(answer: (place: string) => Answer): (place: string) => Answer {
  const known = new Map<string, Answer>();
  return (place) => {
    const found = known.get(place);
    if (found !== undefined) return found;
    const made = answer(place);
    known.set(place, made);
    return made;
  };
}
