import { HostError } from "../../errors.ts";
import { parseDomainXml, XmlError } from "../../model/xml/parse.ts";
import type { XmlElement } from "../../model/xml/tree.ts";

/** Parses a domain's XML from its host. @throws HostError that names the host and the domain when it does not parse */
export function parsePrinted(host: string, name: string, xml: string): XmlElement {
  try {
    return parseDomainXml(xml);
  } catch (cause) {
    if (!(cause instanceof XmlError)) throw cause;
    throw new HostError(`the XML of the domain "${name}" can't be read`, host, {
      code: "answerUnusable",
      stderr: `it ${cause.message}`,
      remedy: "compare it with virsh dumpxml there; the domain is as it was",
      cause,
    });
  }
}
