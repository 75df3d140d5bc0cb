import type { DomainDiff, ThreeWay } from "./merge/change.ts";
import { mergeDomain } from "./merge/merge.ts";

/** What would have to change for the declared to hold. */
export function diffDomain(sides: ThreeWay): DomainDiff {
  return mergeDomain(sides).diff;
}
