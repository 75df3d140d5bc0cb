import type { Failure } from "../../model/arguments/field.ts";
import { isHarmless } from "../../model/arguments/vocabulary.ts";
import type { Schema } from "../../model/elements/schema.ts";
import { elementsAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import { findBootConflicts, hasBootOrder } from "../checks/bootOrder.ts";
import type { Change, PathStep } from "../merge/change.ts";
import { layTree } from "../merge/merge.ts";
import { printPath } from "../merge/path.ts";

/** A place to which two declarations give different values. */
export interface Contest {
  /** As in a change: `devices/disk[vdb]/driver/@iothread`. */
  readonly path: string;
  readonly steps: readonly PathStep[];
  readonly one: string;
  readonly other: string;
}

/** Places that both declare with different meanings. A place that only one of them declares is no contest. */
export function findContests(schema: Schema, one: XmlElement, other: XmlElement): Contest[] {
  return layTree(schema, one, other).diff.changes.flatMap(({ kind, path, steps, before, after }) => {
    // An element that is there for its attributes, without a text, declares nothing about its text.
    const isSilent = steps.at(-1)?.kind === "text" && before === "";
    return kind === "change" && before !== null && after !== null && !isSilent
      ? [{ path, steps, one: after, other: before }]
      : [];
  });
}

/**
 * The places where the typed arguments and the `xml` argument of one resource contradict each other.
 * @param propertyAt Name of the typed argument at a path; the path itself when there is none.
 */
export function conflictsOf(
  schema: Schema,
  typed: XmlElement,
  xml: XmlElement,
  propertyAt: (path: string) => string = (path) => path,
): Failure[] {
  return findContests(schema, typed, xml).map(({ path, one, other }) => ({
    property: propertyAt(path),
    reason: areShown(one, other)
      ? `is ${one}, and ${path} in xml is ${other}; keep one of them`
      : `is something else than ${path} in xml; keep one of them`,
  }));
}

/** The declaration of one resource about a domain. */
export interface OwnedDeclaration {
  /** For messages: the resource's name or URN. */
  readonly owner: string;
  /** A `<domain>` that holds the declared nodes and nothing else. */
  readonly tree: XmlElement;
  /** Name of the argument at a place. Default: the path of the place. */
  readonly propertyAt?: (place: Pick<Change, "steps">) => string;
}

/** Nodes of one domain to which several resources give different values; each failure names both resources. */
export function findConflicts(schema: Schema, declarations: readonly OwnedDeclaration[]): Failure[] {
  return declarations.flatMap((first, i) =>
    declarations.slice(i + 1).flatMap((second) => [
      ...findContests(schema, first.tree, second.tree).map(({ path, steps, one, other }) => ({
        property: first.propertyAt?.({ steps }) ?? path,
        reason: areShown(one, other)
          ? `is ${one} in ${first.owner} and ${other} in ${second.owner}; declare it in one of them`
          : `has two values, in ${first.owner} and in ${second.owner}; declare it in one of them`,
      })),
      ...findBootRivals(schema, first, second),
    ]),
  );
}

/** Whether a message may quote the values. Any value may be a secret, so messages quote only plain ones. */
function areShown(...values: readonly string[]): boolean {
  return values.every(isHarmless);
}

/** Boot orders of two resources that libvirt refuses together, although it takes each of them alone. */
function findBootRivals(schema: Schema, first: OwnedDeclaration, second: OwnedDeclaration): Failure[] {
  const isSilent = ({ tree }: OwnedDeclaration) =>
    !hasBootOrder(tree) && elementsAt(tree, "os/boot").length === 0;
  if (isSilent(first) || isSilent(second)) return [];
  const alone = [first, second].flatMap(({ tree }) => findBootConflicts(tree)).map(({ reason }) => reason);
  const together = findBootConflicts(layTree(schema, first.tree, second.tree).tree);
  return together
    .filter(({ reason }) => !alone.includes(reason))
    .map(({ steps, reason }) => ({
      property: printPath(steps),
      reason: `${reason} (in ${first.owner} and ${second.owner})`,
    }));
}
