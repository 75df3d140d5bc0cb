import { normaliseDomain } from "../../model/elements/domain/ioThreads.ts";
import { parseCpuset, printCpuset } from "../../model/values/cpuset.ts";
import { attributeOf, childrenOf, valueAt } from "../../model/xml/read.ts";
import type { XmlElement, XmlNode } from "../../model/xml/tree.ts";
import type { DomainFacts, HostFacts, IoThreadFacts } from "./facts.ts";
import { parsePrinted } from "./printed.ts";

/** A domain as it was read, as trees, with the facts of its host. */
export interface Situation {
  readonly inactive: XmlElement;
  /**
   * Null when the guest does not run. It holds what is in force, also where libvirt does not print it: polling
   * as `<poll>`, the kernel's CPUs as the `cpuset` of pins.
   */
  readonly live: XmlElement | null;
  readonly libvirtVersion: number;
  /** Absent or 0: not known. */
  readonly qemuVersion?: number;
  readonly onlineCpus: readonly number[];
  /** The domain has no definition of its own and vanishes when it stops. Absent: it has one. */
  readonly isTransient?: boolean;
  /** Ids of IO threads that other resources of the same program will have added by then. Absent: none. */
  readonly comingThreads?: readonly number[];
  /** Whether other resources may add threads of ids that are not known yet. Absent: none does. */
  readonly mayGetThreads?: boolean;
  /** What the program calls a path of the declaration. Absent: by the path. */
  readonly nameOf?: (path: string) => string;
}

/** By the facts they were made from: a snapshot's XML is parsed once, not for every resource of a domain. */
const situations = new WeakMap<DomainFacts, { readonly host: HostFacts; readonly situation: Situation }>();

/** Makes trees of facts. The live tree holds what is in force, also where libvirt does not print it. */
export function situationOf(host: HostFacts, domain: DomainFacts): Situation {
  const found = situations.get(domain);
  if (found?.host === host) return found.situation;
  const situation = makeSituation(host, domain);
  situations.set(domain, { host, situation });
  return situation;
}

interface Trees {
  readonly inactive: XmlElement;
  /** Null when it does not run. */
  readonly live: XmlElement | null;
}

const trees = new WeakMap<DomainFacts, Trees>();

/** Its XML as libvirt printed it: parsed once, whoever asks. @throws HostError when it does not parse */
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

/** What libvirt prints as the definition of a transient domain holds what only a running guest has. */
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
  // libvirt's list is of what it was asked for; QEMU answers with polling for each thread that there is.
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

/** In place of `firmware='efi'` a running guest has the image that it came to (9.0.0): only UEFI is flashed. */
function withFirmware(os: XmlElement): XmlElement {
  const type = valueAt(os, "loader/@type");
  if (attributeOf(os, "firmware") !== undefined || type === undefined) return os;
  const value = type === "pflash" ? "efi" : "bios";
  return { ...os, attributes: [...os.attributes, { name: "firmware", value }] };
}

/** An open drive keeps a number for the medium that it does not have. */
function withoutEmptySource(device: XmlElement): XmlElement {
  const isNothing = (child: XmlElement) =>
    child.name === "source" &&
    childrenOf(child).length === 0 &&
    child.attributes.every(({ name }) => name === "index");
  if (device.name !== "disk" || !childrenOf(device).some(isNothing)) return device;
  return { ...device, children: childrenOf(device).filter((child) => !isNothing(child)) };
}

/** Before 9.4 libvirt does not print polling; QEMU's own figures come from domstats. */
function withPolling(thread: XmlElement, facts: IoThreadFacts | undefined): XmlElement {
  if (!facts || facts.pollMaxNs === null) return thread;
  const values = { max: facts.pollMaxNs, grow: facts.pollGrow ?? 0, shrink: facts.pollShrink ?? 0 };
  const attributes = Object.entries(values).map(([name, value]) => ({ name, value: String(value) }));
  const others = childrenOf(thread).filter((child) => child.name !== "poll");
  return { ...thread, children: [...others, { kind: "element", name: "poll", attributes, children: [] }] };
}

/** libvirt's pin says what was asked for; the kernel says what the thread may use. CPUs that are offline don't count. */
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
