/** Tables for a kind of object about which nothing special is known. A kind replaces those that it has rows for. */
import { table } from "../table.ts";
import type { Tables } from "./schema.ts";

const never = /(?!)/;

export const neutral: Tables = {
  identities: table({}),
  isListed: () => false,
  isOrdered: () => false,
  isWhole: () => false,
  isShared: () => false,
  isBag: () => false,
  repeated: { first: [], last: [], nameOf: () => undefined },
  meanings: [],
  aliases: table({}),
  sizes: { bare: [], cut: never, unitless: never },
  namespace: { prefix: "", uri: "" },
  normalise: (root) => root,
  rewrites: table({}),
  omissions: [],
  newer: { upTo: 0, places: new Set() },
  filled: [],
  restored: [],
  secrets: [],
  mirror: null,
  overrule: null,
  complete: (merged) => merged,
};
