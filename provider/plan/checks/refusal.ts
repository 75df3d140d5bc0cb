import { domainSchema } from "../../model/elements/domain/schema.ts";
import { keyOf } from "../../model/elements/identity.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { PathStep } from "../merge/change.ts";
import { stepsOf, withKey } from "../merge/path.ts";

/** Something declared that can't be. */
export interface Refusal {
  /** Where it stands, or should stand. */
  readonly steps: readonly PathStep[];
  readonly reason: string;
  /** Something is missing, which a value that is not known yet may still give. */
  readonly isAbsence?: boolean;
}

/** A refusal of an element at a place, or of what stands `at` a place inside of it. */
export function refusalAt(place: string, element: XmlElement, at: string, reason: string): Refusal {
  return { steps: [...withKey(stepsOf(place), keyOf(domainSchema, element, place)), ...stepsOf(at)], reason };
}
