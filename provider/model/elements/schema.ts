/** The rules for the XML of one kind of libvirt object. Comparing and merging two of its trees uses nothing else. */
import type { XmlElement } from "../xml/tree.ts";
import { indexOmissions, type Omission, type OmissionIndex } from "./omission.ts";
import type { SecretRow } from "./secrets.ts";

/** The key that distinguishes an element from its siblings of the same name. */
export interface Identity {
  /** Places under the element; their values together are the key. */
  readonly places: readonly string[];
  /** Brings each value into canonical form. */
  readonly canonical?: (value: string) => string;
  /** The value of a missing part. Default: an element without all parts has no key. */
  readonly absent?: string;
  /** The identity of elements that have no such key. Default: none. */
  readonly otherwise?: Identity;
  /** The key that libvirt gives to an element without one; `null` when it gives none. */
  readonly given?: (element: XmlElement, siblings: readonly XmlElement[]) => string | null;
}

/** For places that end like this, the canonical form of a value: values with the same form mean the same. */
export interface Meaning {
  readonly ends: RegExp;
  readonly canonical: (value: string) => string;
}

/** Elements by the place of their parent and their name. */
type Places = readonly (readonly [above: RegExp, name: RegExp])[];

/** Which one libvirt reads of several elements of one name; `null` when it reads all of them. */
export type Counting = "first" | "last" | null;

/** Brings an element into the form that libvirt prints: renamed, split, moved or numbered. */
export type Rewrite = (element: XmlElement) => XmlElement | readonly XmlElement[];

interface Sizes {
  /** Unit of a size that is given without one: end of the place → unit. KiB everywhere else. */
  readonly bare: readonly (readonly [RegExp, string])[];
  /** Sizes that libvirt rounds down to whole units; it rounds up all others. */
  readonly cut: RegExp;
  /** Sizes that libvirt may print without a unit. It prints all others with one. */
  readonly unitless: RegExp;
}

/** A node that libvirt adds to a definition by itself, so that adopted programs need not declare it. */
export interface Filled {
  /** Path from the root of an element, attribute or `text()`; `*` matches any one element. */
  readonly place: string;
  /**
   * The node is libvirt's own when the values at these places match. Places are relative to the element, for an
   * attribute to its owner. Default: the node is always libvirt's own.
   */
  readonly when?: Readonly<Record<string, RegExp>>;
  /** Applies only to an element without children. */
  readonly isEmpty?: true;
  /** A further condition on the whole object. */
  readonly given?: (root: XmlElement) => boolean;
}

/** A node that libvirt adds again after its removal: removing it would be a change that never takes effect. */
export interface Restored {
  /** Path from the root. */
  readonly place: string;
  /** Applies only to an element without children: libvirt's own has none. */
  readonly isBare?: true;
  /** Values of the node that libvirt adds, by place relative to the element, for an attribute to its owner. */
  readonly when?: Readonly<Record<string, RegExp>>;
  /** A further condition on the whole object after the removal. */
  readonly given?: (root: XmlElement) => boolean;
}

/** The input and the changes of a merge, for the steps that complete it. */
export interface Edit {
  /** The host's tree before the merge, in canonical form. */
  readonly actual: XmlElement;
  /** The same tree as libvirt printed it. */
  readonly printed: XmlElement;
  readonly declared: XmlElement;
  /** Paths of the changes. */
  readonly paths: readonly string[];
}

/** The three trees that a merge compares. */
export interface ThreeTrees {
  /** What was applied last; `null` when nothing was. */
  readonly recorded: XmlElement | null;
  /** What the program declares. */
  readonly desired: XmlElement;
  /** What the host has. */
  readonly actual: XmlElement;
}

/** The tables that each kind of object provides; places are paths from its root element. */
export interface Tables {
  /**
   * Keys by place. A declared element that is not listed here, or lacks a part of its key, is paired with the
   * element that has the fewest differences; among equals, with the one at its own position.
   */
  readonly identities: Readonly<Record<string, Identity>>;
  /** Further places, beside those with an identity, where several elements may come from several owners. */
  readonly isListed: (place: string) => boolean;
  /** Whether the order of the elements at this place has a meaning. */
  readonly isOrdered: (place: string, declared: readonly XmlElement[]) => boolean;
  /** Further places, beside the listed ones, whose elements are removed whole, with libvirt's additions to them. */
  readonly isWhole: (place: string) => boolean;
  /** Elements that others also put children into: they stay while they hold anything that was not declared. */
  readonly isShared: (place: string) => boolean;
  /** Elements that collect options of several origins: a removal takes only the declared options. */
  readonly isBag: (place: string) => boolean;
  readonly repeated: {
    /** libvirt reads only the first of these elements. */
    readonly first: Places;
    /** The last of these elements overrides those before it. */
    readonly last: Places;
    /** A further name by which several of them are distinct. */
    readonly nameOf: (element: XmlElement) => string | undefined;
  };
  readonly meanings: readonly Meaning[];
  /** Words that libvirt replaces when it defines an object: place → declared word → pattern of the replacement. */
  readonly aliases: Readonly<Record<string, Readonly<Record<string, RegExp>>>>;
  readonly sizes: Sizes;
  /** The namespace of an extension, with the prefix that libvirt prints. */
  readonly namespace: { readonly prefix: string; readonly uri: string };
  /** Brings the whole object into canonical form, before the rewrites. */
  readonly normalise: (root: XmlElement) => XmlElement;
  readonly rewrites: Readonly<Record<string, Rewrite>>;
  /** Nodes that libvirt does not print, or prints in another way. */
  readonly omissions: readonly Omission[];
  /** Places that libvirt up to this version accepts and drops in silence, and later versions print. */
  readonly newer: { readonly upTo: number; readonly places: ReadonlySet<string> };
  readonly filled: readonly Filled[];
  readonly restored: readonly Restored[];
  readonly secrets: readonly SecretRow[];
  /** An element that libvirt prints under two names. An edit of one edits both, and is reported under the first. */
  readonly mirror: {
    readonly place: string;
    /** Adds the second element to the declaration. Returns the same object when the first is not declared. */
    readonly add: (declared: XmlElement, actual: XmlElement) => XmlElement;
  } | null;
  /**
   * Adds to what is recorded the nodes of the host that the declaration can't stand beside, so that they are removed.
   * Returns the same object when there are none; `null` when no kind of node is like that.
   */
  readonly overrule: ((sides: ThreeTrees) => XmlElement | null) | null;
  /** The last step of a merge, on a tree that has changed. */
  readonly complete: (merged: XmlElement, edit: Edit) => XmlElement;
}

/** The tables, with fast look-ups by place. */
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

/** Caches the answer for each place: every walk asks for the same few hundred. */
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
