import { normaliseDomain } from "../../model/elements/domain/ioThreads.ts";
import { parseCpuset, printCpuset } from "../../model/values/cpuset.ts";
import { attributeOf, childrenOf, valueAt } from "../../model/xml/read.ts";
import type { XmlElement, XmlNode } from "../../model/xml/tree.ts";
import type { DomainFacts, HostFacts, IoThreadFacts } from "./facts.ts";
import { parsePrinted } from "./printed.ts";

/** A domain as it was read, parsed into trees, with the facts of its host. */
export interface Situation {
  readonly inactive: XmlElement;
  /**
   * The running guest; `null` when it does not run. It holds the values in force, even those that libvirt does not
   * print: polling as `<poll>`, the kernel's CPUs as the `cpuset` of pins.
   */
  readonly live: XmlElement | null;
  readonly libvirtVersion: number;
  /** QEMU's version as a number. Omitted or 0 when unknown. */
  readonly qemuVersion?: number;
  readonly onlineCpus: readonly number[];
  /** The domain has no persistent definition and vanishes when it stops. Default: false. */
  readonly isTransient?: boolean;
  /** Ids of IO threads that other resources of the same program add before this one is applied. Default: none. */
  readonly comingThreads?: readonly number[];
  /** Whether other resources may add threads whose ids are not known yet. Default: false. */
  readonly mayGetThreads?: boolean;
  /** Returns the program's name for a path of the declaration. Default: the path itself. */
  readonly nameOf?: (path: string) => string;
}

/** Cache by facts: a snapshot's XML is parsed once, not once for each resource of a domain. */
const situations = new WeakMap<DomainFacts, { readonly host: HostFacts; readonly situation: Situation }>();

/** Parses facts into trees. The live tree holds the values in force, even those that libvirt does not print. */
export function situationOf(host: HostFacts, domain: DomainFacts): Situation {
  const found = situations.get(domain);
  if (found?.host === host) return found.situation;
  const situation = makeSituation(host, domain);
  situations.set(domain, { host, situation });
  return situation;
}

interface Trees {
  readonly inactive: XmlElement;
  /** The live XML; `null` when the domain does not run. */
  readonly live: XmlElement | null;
}

const trees = new WeakMap<DomainFacts, Trees>();

/** Parses a domain's XML as libvirt printed it; the result is cached. @throws HostError when it does not parse */
export function treesOf(domain: DomainFacts): Trees {
  const found = trees.get(domain);
  if (found) return found;
  const { host, name, inactiveXml, liveXml } = domain;
  const made = {
    inactive: parsePrinted(host, name, inactiveXml),
    live: liveXml === null ? null : parsePrinted(host, name, liveXml),
  };
  trees.set(domain, made);
  return made;
}

function makeSituation(host: HostFacts, domain: DomainFacts): Situation {
  const printed = treesOf(domain);
  const live = printed.live && normaliseDomain(printed.live);
  return {
    inactive: domain.persistent ? printed.inactive : definable(printed.inactive),
    isTransient: !domain.persistent,
    live: live && inForce(live, domain.ioThreads, host.onlineCpus),
    libvirtVersion: host.libvirtVersion,
    qemuVersion: host.qemuVersion,
    onlineCpus: host.onlineCpus,
  };
}

/** Removes what only a running guest has: libvirt prints it in the definition of a transient domain too. */
function definable(domain: XmlElement): XmlElement {
  const children = domain.children.filter(
    (child) =>
      child.kind !== "element" ||
      !(child.name === "resource" || (child.name === "seclabel" && attributeOf(child, "type") === "dynamic")),
  );
  return { ...domain, children };
}

function inForce(
  domain: XmlElement,
  threads: readonly IoThreadFacts[],
  onlineCpus: readonly number[],
): XmlElement {
  const factsOf = (id: string | undefined) => threads.find((each) => String(each.id) === id);
  // libvirt lists the threads that were requested; QEMU reports polling only for threads that exist.
  const isAnswered = threads.some(({ pollMaxNs }) => pollMaxNs !== null);
  return mapChildren(domain, (child) => {
    if (child.name === "os") return withFirmware(child);
    if (child.name === "devices") return mapChildren(child, withoutEmptySource);
    if (child.name === "iothreadids") {
      const found = mapChildren(child, (thread) => withPolling(thread, factsOf(attributeOf(thread, "id"))));
      const isThere = (thread: XmlNode) =>
        thread.kind !== "element" || !isAnswered || factsOf(attributeOf(thread, "id")) !== undefined;
      return { ...found, children: found.children.filter(isThere) };
    }
    if (child.name !== "cputune") return child;
    return mapChildren(child, (pin) =>
      pin.name === "iothreadpin"
        ? withKernelCpus(pin, factsOf(attributeOf(pin, "iothread")), onlineCpus)
        : pin,
    );
  });
}

function mapChildren(element: XmlElement, change: (child: XmlElement) => XmlElement): XmlElement {
  return {
    ...element,
    children: element.children.map((child) => (child.kind === "element" ? change(child) : child)),
  };
}

/** Adds `firmware`, which libvirt replaces by the chosen image in a running guest (9.0.0). Only UEFI uses pflash. */
function withFirmware(os: XmlElement): XmlElement {
  const type = valueAt(os, "loader/@type");
  if (attributeOf(os, "firmware") !== undefined || type === undefined) return os;
  const value = type === "pflash" ? "efi" : "bios";
  return { ...os, attributes: [...os.attributes, { name: "firmware", value }] };
}

/** Removes the empty source of a drive without a medium: libvirt keeps its index. */
function withoutEmptySource(device: XmlElement): XmlElement {
  const isNothing = (child: XmlElement) =>
    child.name === "source" &&
    childrenOf(child).length === 0 &&
    child.attributes.every(({ name }) => name === "index");
  if (device.name !== "disk" || !childrenOf(device).some(isNothing)) return device;
  return { ...device, children: childrenOf(device).filter((child) => !isNothing(child)) };
}

/**
 * Adds the polling in force, from domstats: libvirt before 9.4 does not print it. A thread of a running guest always has
 * polling; if it could not be read, the element has no values.
 */
function withPolling(thread: XmlElement, facts: IoThreadFacts | undefined): XmlElement {
  const values = facts && pollingOf(facts);
  if (!values && childrenOf(thread, "poll").length > 0) return thread;
  const attributes = Object.entries(values ?? {}).map(([name, value]) => ({ name, value: String(value) }));
  const others = childrenOf(thread).filter((child) => child.name !== "poll");
  return { ...thread, children: [...others, { kind: "element", name: "poll", attributes, children: [] }] };
}

/** The polling in force, by the attributes of `<poll>`; `null` when it could not be read. */
function pollingOf({
  pollMaxNs: max,
  pollGrow,
  pollShrink,
  pollWeight: weight,
}: IoThreadFacts): Readonly<Record<string, number>> | null {
  if (max === null) return null;
  return { max, grow: pollGrow ?? 0, shrink: pollShrink ?? 0, ...(weight === null ? {} : { weight }) };
}

/** Replaces libvirt's pin, which is the request, by the CPUs that the kernel allows. Offline CPUs don't count. */
function withKernelCpus(
  pin: XmlElement,
  facts: IoThreadFacts | undefined,
  onlineCpus: readonly number[],
): XmlElement {
  const asked = parseCpuset(attributeOf(pin, "cpuset") ?? "")?.filter((cpu) => onlineCpus.includes(cpu));
  const allowed = facts?.cpusAllowed ? parseCpuset(facts.cpusAllowed) : null;
  if (!asked || !allowed || printCpuset(asked) === printCpuset(allowed)) return pin;
  const attributes = pin.attributes.map((each) =>
    each.name === "cpuset" ? { name: "cpuset", value: printCpuset(allowed) } : each,
  );
  return { ...pin, attributes };
}
