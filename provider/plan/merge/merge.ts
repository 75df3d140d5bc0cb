import { canonicalDeclared, canonicalTree, restoreOriginals } from "../../model/elements/canonical.ts";
import { withNamespace } from "../../model/elements/namespace.ts";
import { withPrefixesOf } from "../../model/elements/prefixes.ts";
import { withoutRestored } from "../../model/elements/restored.ts";
import type { Schema } from "../../model/elements/schema.ts";
import type { XmlElement, XmlNode } from "../../model/xml/tree.ts";
import type { ThreeWay, TreeDiff } from "./change.ts";
import { mergeElement } from "./mergeElement.ts";
import type { Walk } from "./walk.ts";

/**
 * The three-way merge: adds the declared nodes, removes nodes that are recorded and no longer declared, and leaves
 * everything else in place. Diff and merge are one walk, so they can't disagree.
 */
export function mergeTrees(schema: Schema, given: ThreeWay): Merged {
  const recorded = schema.overrule ? schema.overrule(given) : given.recorded;
  const sides = mirrored(schema, recorded === given.recorded ? given : { ...given, recorded });
  const { tree, diff } = mergeTwice(schema, sides);
  const { mirror } = schema;
  if (!mirror || sides.desired === given.desired) return { tree, diff };
  // The edit of both elements is one change: report it under the declared one.
  const changes = diff.changes.filter(({ path }) => !path.startsWith(mirror.place));
  return { tree, diff: { ...diff, changes: changes.length > 0 ? changes : diff.changes } };
}

function mergeTwice(schema: Schema, sides: ThreeWay): Merged {
  const first = mergeRestoring(schema, sides);
  if (first.diff.changes.length === 0) return first;
  // Removing a node can invalidate a rule that hid another difference, so merge again.
  const { desired } = sides;
  const second = merge(schema, { ...sides, recorded: desired, actual: first.tree }, false);
  if (second.diff.changes.length === 0) return first;
  const changes = [...first.diff.changes, ...second.diff.changes];
  return { tree: second.tree, diff: { changes, dropped: second.diff.dropped } };
}

/** Keeps nodes that libvirt would put back: otherwise every preview would remove them again. */
function mergeRestoring(schema: Schema, sides: ThreeWay): Merged {
  const { recorded, desired } = sides;
  const merged = merge(schema, sides, false);
  if (!recorded || !merged.diff.changes.some(({ kind }) => kind === "remove")) return merged;
  const left = withoutRestored(schema, recorded, desired, merged.tree);
  return left === recorded ? merged : merge(schema, { ...sides, recorded: left }, false);
}

/** Adds the mirrored element. libvirt prints one device as console and serial port, so an edit of one edits both. */
function mirrored({ mirror }: Schema, sides: ThreeWay): ThreeWay {
  const { recorded, desired, actual } = sides;
  const now = mirror?.add(desired, actual) ?? desired;
  if (now === desired) return sides;
  const was = recorded === desired ? now : recorded && (mirror?.add(recorded, actual) ?? recorded);
  return { ...sides, recorded: was, desired: now };
}

/**
 * Lays one declaration over another. Both are declarations, so no rule about libvirt's output applies: every declared
 * value counts.
 */
export function layTree(schema: Schema, over: XmlElement, under: XmlElement): Merged {
  return merge(schema, { recorded: null, desired: over, actual: under }, true);
}

function merge(schema: Schema, sides: ThreeWay, isLiteral: boolean): Merged {
  const { libvirtVersion, qemuVersion } = sides;
  const walk: Walk = {
    schema,
    changes: [],
    dropped: [],
    trail: [],
    actualTrail: [],
    isLiteral,
    libvirtVersion,
    qemuVersion,
  };
  const originals = new Map<XmlNode, XmlElement>();
  const actual = canonicalTree(schema, sides.actual, originals);
  const root = { place: "", steps: [] };
  const canonical = (side: XmlElement) => withPrefixesOf(canonicalDeclared(schema, side), actual);
  const desired = canonical(sides.desired);
  const isUnedited = sides.recorded === sides.desired;
  const recorded = isUnedited ? desired : sides.recorded && canonical(sides.recorded);
  const merged = mergeElement({ desired, recorded, actual }, root, walk);
  const { changes, dropped } = walk;
  if (changes.length === 0) return { tree: sides.actual, diff: { changes, dropped } };
  const paths = changes.map(({ path }) => path);
  const tree = schema.complete(merged, { actual, printed: sides.actual, declared: desired, paths });
  return { tree: withNamespace(schema, restoreOriginals(tree, originals)), diff: { changes, dropped } };
}

export interface Merged {
  readonly tree: XmlElement;
  readonly diff: TreeDiff;
}
