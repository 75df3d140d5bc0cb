import { normaliseDomain } from "../model/elements/normalise.ts";
import { parseDomainXml } from "../model/xml/parse.ts";
import { attributeOf, childrenOf } from "../model/xml/read.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import type { Situation } from "../plan/plan.ts";
import type { DomainFacts, HostFacts, IoThreadFacts } from "./facts.ts";

/** Facts as trees. Polling that is in force stands in the live tree, whether this libvirt prints it or not. */
export function situationOf(host: HostFacts, domain: DomainFacts): Situation {
  return {
    inactive: parseDomainXml(domain.inactiveXml),
    live:
      domain.liveXml === null
        ? null
        : withPolling(normaliseDomain(parseDomainXml(domain.liveXml)), domain.ioThreads),
    libvirtVersion: host.libvirtVersion,
    onlineCpus: host.onlineCpus,
  };
}

function withPolling(domain: XmlElement, threads: readonly IoThreadFacts[]): XmlElement {
  const children = domain.children.map((child) => {
    if (child.kind !== "element" || child.name !== "iothreadids") return child;
    return { ...child, children: childrenOf(child).map((thread) => polled(thread, threads)) };
  });
  return { ...domain, children };
}

function polled(thread: XmlElement, threads: readonly IoThreadFacts[]): XmlElement {
  const facts = threads.find((each) => String(each.id) === attributeOf(thread, "id"));
  if (!facts || facts.pollMaxNs === null) return thread;
  const values = { max: facts.pollMaxNs, grow: facts.pollGrow ?? 0, shrink: facts.pollShrink ?? 0 };
  const attributes = Object.entries(values).map(([name, value]) => ({ name, value: String(value) }));
  const others = thread.children.filter((child) => child.kind !== "element" || child.name !== "poll");
  return { ...thread, children: [...others, { kind: "element", name: "poll", attributes, children: [] }] };
}
