/** Compares a declared storage pool with the host's. */
import type { Arguments } from "../../model/arguments/field.ts";
import { unknown } from "../../model/arguments/field.ts";
import type { StorageKind } from "../../model/arguments/kinds.ts";
import { readFields } from "../../model/arguments/read.ts";
import { withoutFilled } from "../../model/elements/filled.ts";
import { isOfFiles, poolTypeOf } from "../../model/elements/storage/poolTypes.ts";
import { parseXml } from "../../model/xml/parse.ts";
import { attributeOf, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import { declare } from "../arguments/declaration.ts";
import { driftedArguments } from "../arguments/drift.ts";
import { propertyFinder } from "../arguments/propertyChanges.ts";
import type { Merged } from "../merge/merge.ts";
import { layTree, mergeTrees } from "../merge/merge.ts";
import type { Obstacle, PoolFacts, StorageChange } from "./facts.ts";

export interface PoolPlan {
  readonly changes: readonly StorageChange[];
  readonly obstacles: readonly Obstacle[];
  /** The new definition; `null` when it stays as it is. */
  readonly define: XmlElement | null;
  /** Arguments that the definition has already, and the active pool has not. */
  readonly pending: readonly string[];
}

/** Name of the declared type. */
export function typeNameOf({ type }: Arguments): string {
  return typeof type === "string" ? type : "dir";
}

/** Name of the type on the host. */
export function typeNameIn({ inactive }: Pick<PoolFacts, "inactive">): string {
  return attributeOf(inactive, "type") ?? "";
}

/** The arguments with the type, which libvirt has no default for. */
const typed = (args: Arguments): Arguments => ({ ...args, type: typeNameOf(args) });

/** The definition of a new pool. */
export function poolDefinition(kind: StorageKind, args: Arguments): XmlElement {
  return declare(kind, typed(args));
}

/** @param recorded What was applied last; `null` for a new resource */
export function planPool(
  kind: StorageKind,
  recorded: Arguments | null,
  args: Arguments,
  pool: PoolFacts,
): PoolPlan {
  const [wanted, there] = [typeNameOf(args), typeNameIn(pool)];
  if (wanted !== there && (recorded === null || typeNameOf(recorded) !== there))
    return {
      changes: [],
      define: null,
      pending: [],
      obstacles: [
        {
          property: "type",
          reason: `is ${wanted}, and the pool on the host is of the type ${there}: declare that, or choose another name`,
        },
      ],
    };
  const { tree, diff } = mergePool(kind, recorded, args, pool);
  const propertyOf = propertyFinder(kind, typed(recorded ?? args), typed(args));
  const defined = diff.changes.map(
    (change): StorageChange => ({
      property: propertyOf(change),
      before: change.before ?? "nothing",
      after: change.after ?? "nothing",
      label: pool.isActive ? "next start" : "live",
    }),
  );
  const changing = new Set(defined.map(({ property }) => rootOf(property)));
  return {
    changes: [...defined, ...stateChanges(args, pool)],
    obstacles: [],
    define: diff.changes.length > 0 ? tree : null,
    pending: pendingIn(kind, args, pool).filter((property) => !changing.has(property)),
  };
}

function mergePool(
  kind: StorageKind,
  recorded: Arguments | null,
  args: Arguments,
  { inactive, uuid }: PoolFacts,
): Merged {
  const { schema } = kind.object;
  const desired = poolDefinition(kind, args);
  const before = recorded && poolDefinition(kind, recorded);
  const merged = mergeTrees(schema, { recorded: before, desired, actual: inactive });
  if (attributeOf(inactive, "type") === attributeOf(desired, "type")) return merged;
  // Of a pool of another type nothing is kept: a format that libvirt has filled in may be none of the new type.
  return { ...merged, tree: layTree(schema, desired, parseXml(`<pool><uuid>${uuid}</uuid></pool>`)).tree };
}

const rootOf = (property: string) => property.replace(/[.[].*$/, "");

/** Arguments with which the active pool differs from its definition, which is in force when it starts next. */
function pendingIn(kind: StorageKind, args: Arguments, { live, inactive }: PoolFacts): string[] {
  if (!live) return [];
  const { diff } = mergeTrees(kind.object.schema, { recorded: live, desired: inactive, actual: live });
  return (["type", "path", "source", "permissions"] as const).filter((property) => {
    const place = kind.fields[property]?.xml ?? "";
    return (
      // libvirt prints the permissions that it has found in the folder, until another definition waits.
      (property !== "permissions" || args.permissions !== undefined) &&
      diff.changes.some(({ path }) => path === place || path.startsWith(`${place}/`))
    );
  });
}

function stateChanges(args: Arguments, { isActive, isAutostarted }: PoolFacts): StorageChange[] {
  const now = { active: isActive, autostart: isAutostarted };
  return (["active", "autostart"] as const).flatMap((property): StorageChange[] => {
    const wanted = wantedState(args, property);
    if (wanted === now[property]) return [];
    return [{ property, before: String(now[property]), after: String(wanted), label: "live" }];
  });
}

/** The folder whose files are the pool's volumes; "" for a pool whose volumes are no files. */
export function folderOf({ inactive }: Pick<PoolFacts, "inactive">): string {
  return isOfFiles(typeNameIn({ inactive })) ? (valueAt(inactive, "target/path") ?? "") : "";
}

/** The folder that an active pool uses. Another one may be defined already, for its next start. */
export function folderInUse({ live, inactive }: PoolFacts): string {
  return folderOf({ inactive: live ?? inactive });
}

/** The type of an active pool likewise. */
export function typeInUse({ live, inactive }: PoolFacts): string {
  return typeNameIn({ inactive: live ?? inactive });
}

/** The same as the program declares it; `null` when it is not known yet. */
export function declaredFolderOf(args: Arguments): string | null {
  if (args.type === unknown || args.path === unknown) return null;
  return isOfFiles(typeNameOf(args)) ? String(args.path) : "";
}

/** Both are on unless the program says otherwise. */
export function wantedState(args: Arguments, name: "active" | "autostart"): boolean {
  return args[name] !== false;
}

/** Whether a folder may be made before the pool starts. */
export function isBuilt(args: Arguments): boolean {
  return args.build !== "never" && (poolTypeOf(typeNameOf(args))?.isBuilt ?? false);
}

/** The arguments as the pool on the host has them: those that differ there have the host's value. */
export function driftedPool(kind: StorageKind, args: Arguments, pool: PoolFacts): Arguments {
  const { isActive: active, isAutostarted: autostart } = pool;
  const { type, ...declared } = typed(args);
  const there = typeNameIn(pool);
  const found =
    type === there
      ? driftedArguments(kind, declared, mergePool(kind, args, args, pool).diff.changes, pool.inactive)
      : {
          ...declared,
          path: undefined,
          source: undefined,
          permissions: undefined,
          ...argumentsIn(kind, pool),
        };
  return {
    ...found,
    ...(args.type === undefined && there === "dir" ? {} : { type: there }),
    ...(args.active === undefined && active ? {} : { active }),
    ...(args.autostart === undefined && autostart ? {} : { autostart }),
  };
}

/** The arguments that declare what the definition has, without what libvirt fills in. */
export function argumentsIn(kind: StorageKind, { inactive }: Pick<PoolFacts, "inactive">): Arguments {
  return readFields(kind.fields, withoutFilled(kind.object.schema, inactive));
}
