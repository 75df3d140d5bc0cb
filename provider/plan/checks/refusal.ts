import { domainSchema } from "../../model/elements/domain/schema.ts";
import { keyOf } from "../../model/elements/identity.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { PathStep } from "../merge/change.ts";
import { stepsOf, withKey } from "../merge/path.ts";

/** Something declared that libvirt would refuse. */
export interface Refusal {
  /** The place of the error, or of what is missing. */
  readonly steps: readonly PathStep[];
  readonly reason: string;
  /** Whether something is missing that a value not known yet may still supply. */
  readonly isAbsence?: boolean;
}

/** Makes a refusal for an element at `place`, or for the node `at` a path inside it. */
export function refusalAt(place: string, element: XmlElement, at: string, reason: string): Refusal {
  return { steps: [...withKey(stepsOf(place), keyOf(domainSchema, element, place)), ...stepsOf(at)], reason };
}
