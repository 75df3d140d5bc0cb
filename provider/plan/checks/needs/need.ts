import { parseXml, XmlError } from "../../../model/xml/parse.ts";
import { elementsAt } from "../../../model/xml/read.ts";
import type { XmlElement } from "../../../model/xml/tree.ts";

/** A question to the host: words for virsh, or the name of a network device of the host. */
export type Ask = { readonly virsh: readonly string[] } | { readonly link: string };

export interface HostNeed {
  /** Where it stands in the definition, as of a change. */
  readonly path: string;
  readonly value: string;
  readonly asks: readonly Ask[];
  /** What the host lacks and what to do, by what it answered (null: nothing of use); null: nothing. */
  readonly lacks: (answers: readonly (string | null)[]) => string | null;
  /** When libvirt refuses it; `perhaps`: it depends on what else runs. */
  readonly refused: "define" | "start" | "perhaps";
  /** A device that a running guest may get at once. */
  readonly isDevice: boolean;
}

/** Elements of XML that a host answered; what is not understood has none. */
export function answerOf(answer: string | null | undefined, place: string): XmlElement[] {
  try {
    return typeof answer === "string" ? elementsAt(parseXml(answer.trim()), place) : [];
  } catch (error) {
    if (error instanceof XmlError) return [];
    throw error;
  }
}
