import { canonicalDeclared, canonicalDomain, restoreOriginals } from "../../model/elements/canonical.ts";
import { ioThreadIds } from "../../model/elements/domain/ioThreads.ts";
import { withMirroredSerial } from "../../model/elements/domain/mirrored.ts";
import { withoutRestored } from "../../model/elements/domain/restored.ts";
import { withQemuNamespace } from "../../model/elements/namespace.ts";
import { withPrefixesOf } from "../../model/elements/prefixes.ts";
import type { XmlElement, XmlNode } from "../../model/xml/tree.ts";
import type { DomainDiff, ThreeWay } from "./change.ts";
import { isAboutThreads, withCount, withThreadsOf } from "./ioThreads.ts";
import { mergeElement } from "./mergeElement.ts";
import type { Walk } from "./walk.ts";

/**
 * The three-way merge: adds what is declared, removes what was declared last and no longer is, and leaves
 * everything else where it is. Diff and merge are one walk, so they can't disagree.
 */
export function mergeDomain(given: ThreeWay): Merged {
  const sides = mirrored(given);
  const { tree, diff } = mergeTwice(sides);
  if (sides.desired === given.desired) return { tree, diff };
  // The edit of both elements is one change: name it by the one that was declared.
  const changes = diff.changes.filter(({ path }) => !path.startsWith("devices/serial"));
  return { tree, diff: { ...diff, changes: changes.length > 0 ? changes : diff.changes } };
}

function mergeTwice(sides: ThreeWay): Merged {
  const first = mergeRestoring(sides);
  if (first.diff.changes.length === 0) return first;
  // Removing a node can invalidate a rule that hid another difference, so merge again.
  const { desired } = sides;
  const second = merge({ ...sides, recorded: desired, actual: first.tree }, false);
  if (second.diff.changes.length === 0) return first;
  const changes = [...first.diff.changes, ...second.diff.changes];
  return { tree: second.tree, diff: { changes, dropped: second.diff.dropped } };
}

/** Leaves in place what libvirt would put back: otherwise every preview would want to remove it again. */
function mergeRestoring(sides: ThreeWay): Merged {
  const { recorded, desired } = sides;
  const merged = merge(sides, false);
  if (!recorded || !merged.diff.changes.some(({ kind }) => kind === "remove")) return merged;
  const left = withoutRestored(recorded, desired, merged.tree);
  return left === recorded ? merged : merge({ ...sides, recorded: left }, false);
}

/** libvirt prints one device as the first console and as a serial port: an edit of one edits the other. */
function mirrored(sides: ThreeWay): ThreeWay {
  const { recorded, desired, actual } = sides;
  const now = withMirroredSerial(desired, actual);
  if (now === desired) return sides;
  const was = recorded === desired ? now : recorded && withMirroredSerial(recorded, actual);
  return { ...sides, recorded: was, desired: now };
}

/**
 * Lays one declaration over another. Both are declared, so every word counts, also those that libvirt would
 * not print.
 */
export function layDomain(over: XmlElement, under: XmlElement): Merged {
  return merge({ recorded: null, desired: over, actual: under }, true);
}

function merge(sides: ThreeWay, isLiteral: boolean): Merged {
  const { libvirtVersion } = sides;
  const walk: Walk = { changes: [], dropped: [], trail: [], actualTrail: [], isLiteral, libvirtVersion };
  const originals = new Map<XmlNode, XmlElement>();
  const actual = canonicalDomain(sides.actual, originals);
  const root = { place: "", steps: [] };
  const declared = (side: XmlElement) => withPrefixesOf(canonicalDeclared(side), actual);
  const desired = declared(sides.desired);
  const isUnedited = sides.recorded === sides.desired;
  const recorded = isUnedited ? desired : sides.recorded && declared(sides.recorded);
  const merged = mergeElement({ desired, recorded, actual }, root, walk);
  const { changes, dropped } = walk;
  if (changes.length === 0) return { tree: sides.actual, diff: { changes, dropped } };
  const tree = changes.some(isAboutThreads)
    ? withCount(merged, ioThreadIds(actual), desired)
    : withThreadsOf(merged, sides.actual);
  return {
    tree: withQemuNamespace(restoreOriginals(tree, originals)),
    diff: { changes, dropped },
  };
}

export interface Merged {
  readonly tree: XmlElement;
  readonly diff: DomainDiff;
}
