import { parseXml, XmlError } from "../../../model/xml/parse.ts";
import { elementsAt } from "../../../model/xml/read.ts";
import type { XmlElement } from "../../../model/xml/tree.ts";

/** A question to the host: arguments for virsh, or the name of a network device. */
export type Ask = { readonly virsh: readonly string[] } | { readonly link: string };

export interface HostNeed {
  /** Place in the definition, as in a change. */
  readonly path: string;
  readonly value: string;
  readonly asks: readonly Ask[];
  /**
   * Says what the host lacks and what to do about it; `null` when it lacks nothing. An answer is `null` when
   * the host gave none that is useful.
   */
  readonly lacks: (answers: readonly (string | null)[]) => string | null;
  /** When libvirt refuses a host that lacks it; `perhaps` when that depends on what else runs. */
  readonly refused: "define" | "start" | "perhaps";
  /** Whether it belongs to a device that can be hot-plugged. */
  readonly isDevice: boolean;
}

/** Returns the elements at a place of the host's XML answer; none when the answer can't be parsed. */
export function answerOf(answer: string | null | undefined, place: string): XmlElement[] {
  try {
    return typeof answer === "string" ? elementsAt(parseXml(answer.trim()), place) : [];
  } catch (error) {
    if (error instanceof XmlError) return [];
    throw error;
  }
}
