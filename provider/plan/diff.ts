import type { Schema } from "../model/elements/schema.ts";
import type { ThreeWay, TreeDiff } from "./merge/change.ts";
import { mergeTrees } from "./merge/merge.ts";

/** What would have to change for the declared to hold. */
export function diffTrees(schema: Schema, sides: ThreeWay): TreeDiff {
  return mergeTrees(schema, sides).diff;
}
