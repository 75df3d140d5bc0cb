import type { Schema } from "../model/elements/schema.ts";
import type { ThreeWay, TreeDiff } from "./merge/change.ts";
import { mergeTrees } from "./merge/merge.ts";

/** The changes that would make the actual tree satisfy the declaration. */
export function diffTrees(schema: Schema, sides: ThreeWay): TreeDiff {
  return mergeTrees(schema, sides).diff;
}
