/** Compares a declared storage pool with the host's. */
import type { Arguments } from "../../model/arguments/field.ts";
import type { StorageKind } from "../../model/arguments/kinds.ts";
import { attributeOf, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import { declare } from "../arguments/declaration.ts";
import { mergeTrees } from "../merge/merge.ts";
import type { Obstacle, PoolFacts, StorageChange } from "./facts.ts";

export interface PoolPlan {
  readonly changes: readonly StorageChange[];
  readonly obstacles: readonly Obstacle[];
  /** The new definition; `null` when it stays as it is. */
  readonly define: XmlElement | null;
  /** Arguments that the definition has already, and the active pool has not. */
  readonly pending: readonly string[];
}

/** Arguments in the pool's XML, with their place. */
const places = [["path", "target/path"]] as const;

/** @param recorded What was applied last; `null` for a new resource */
export function planPool(
  kind: StorageKind,
  recorded: Arguments | null,
  args: Arguments,
  pool: PoolFacts,
): PoolPlan {
  const type = attributeOf(pool.inactive, "type") ?? "";
  if (type !== "dir")
    return {
      changes: [],
      define: null,
      pending: [],
      obstacles: [
        {
          property: "name",
          reason: `is a pool of the type ${type} on the host, and only folders (dir) can be declared: choose another name`,
        },
      ],
    };
  const before = recorded && declare(kind, recorded);
  const { tree, diff } = mergeTrees(kind.object.schema, {
    recorded: before,
    desired: declare(kind, args),
    actual: pool.inactive,
  });
  const { changes } = diff;
  const isChanged = (place: string) => changes.some(({ path }) => path === place);
  const defined = places.flatMap(([property, place]): StorageChange[] =>
    isChanged(place)
      ? [
          {
            property,
            before: valueAt(pool.inactive, place) ?? "",
            after: String(args[property]),
            label: pool.isActive ? "next start" : "live",
          },
        ]
      : [],
  );
  const { live } = pool;
  const pending = places.flatMap(([property, place]) =>
    live && !isChanged(place) && valueAt(live, place) !== valueAt(tree, place) ? [property] : [],
  );
  return {
    changes: [...defined, ...stateChanges(args, pool)],
    obstacles: [],
    define: changes.length > 0 ? tree : null,
    pending,
  };
}

function stateChanges(args: Arguments, { isActive, isAutostarted }: PoolFacts): StorageChange[] {
  const now = { active: isActive, autostart: isAutostarted };
  return (["active", "autostart"] as const).flatMap((property): StorageChange[] => {
    const wanted = wantedState(args, property);
    if (wanted === now[property]) return [];
    return [{ property, before: String(now[property]), after: String(wanted), label: "live" }];
  });
}

/** The folder of a pool's volumes. */
export function folderOf({ inactive }: PoolFacts): string {
  return valueAt(inactive, "target/path") ?? "";
}

/** The folder that an active pool uses. Another one may be defined already, for its next start. */
export function folderInUse(pool: PoolFacts): string {
  return pool.live ? (valueAt(pool.live, "target/path") ?? "") : folderOf(pool);
}

const typesWithFiles: ReadonlySet<string> = new Set(["dir", "fs", "netfs"]);

/** Whether the volumes of the pool are files of its folder. */
export function holdsFiles({ inactive }: PoolFacts): boolean {
  return typesWithFiles.has(attributeOf(inactive, "type") ?? "");
}

/** Both are on unless the program says otherwise. */
export function wantedState(args: Arguments, name: "active" | "autostart"): boolean {
  return args[name] !== false;
}
