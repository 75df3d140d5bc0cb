/** What the type of a pool means for its volumes. */
import type { Arguments } from "../../model/arguments/field.ts";
import type { ContentName } from "../../model/elements/storage/poolTypes.ts";
import { isOfFiles, poolTypeOf } from "../../model/elements/storage/poolTypes.ts";
import type { Obstacle } from "./facts.ts";
import { givenOptions } from "./options.ts";
import { backingOf, cloneOf, formatOf, imageOf } from "./volume.ts";

/** Finds reasons why a pool of this type can't have the new volume. */
export function wrongForType(type: string, args: Arguments): Obstacle[] {
  const makes: readonly ContentName[] = poolTypeOf(type)?.makes ?? [];
  if (makes.length === 0)
    return [
      {
        property: "pool:",
        reason: `nothing makes volumes in a pool of the type ${type}: name a volume that is there already`,
      },
    ];
  const isFile = isOfFiles(type);
  const content = contentIn(args);
  const found: Obstacle[] = [];
  if (!makes.includes(content))
    found.push({
      property: content === "empty" ? "content" : `content.${content}`,
      reason: `is not for a volume of a pool of the type ${type}, which can be ${makes.join(" or ")}`,
    });
  if (!isFile && formatOf(args, isFile) !== "raw")
    found.push({
      property: "format",
      reason: `is ${formatOf(args, isFile)}, and a volume of a pool of the type ${type} is raw: leave it out`,
    });
  const misfits = isFile ? [] : givenOptions(args);
  return [
    ...found,
    ...misfits.map((property) => ({
      property,
      reason: `is for images, and a volume of a pool of the type ${type} is none: leave it out`,
    })),
  ];
}

function contentIn(args: Arguments): ContentName {
  if (imageOf(args)) return "image";
  if (backingOf(args)) return "backing";
  return cloneOf(args) ? "clone" : "empty";
}

/** Why no volume of such a pool is ever deleted; `null` when one may be. */
export function whyKept(type: string, isExclusive: boolean): string | null {
  const isShared = poolTypeOf(type)?.isShared ?? true;
  if (!isShared || isExclusive) return null;
  return `its pool is of the type ${type}, and guests of other hosts, which are not seen from here, may use it; if none does, declare exclusive in the StoragePool and run up before`;
}
