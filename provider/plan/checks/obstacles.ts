import { ioThreadIds } from "../../model/elements/domain/ioThreads.ts";
import { parseCpuset } from "../../model/values/cpuset.ts";
import { attributeOf, childrenOf, elementsAt, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { LiveStep } from "../live/steps.ts";
import type { Situation } from "../situation/situation.ts";
import { findBlockJobs } from "./blockJobs.ts";
import { findBootConflicts } from "./bootOrder.ts";
import { findNewFeatures } from "./features.ts";
import { findBrokenMappings } from "./lintDevices.ts";
import { findMissingThreads, findMissingVcpus } from "./namedThreads.ts";
import { findOverlays } from "./overlays.ts";
import { findUnsharedMemory } from "./vhostUser.ts";

/** Finds what libvirt would refuse half-way through the change, or only at the next start. */
export function findObstacles(
  desired: XmlElement,
  next: XmlElement,
  situation: Situation,
  steps: readonly LiveStep[],
): string[] {
  return [
    ...(situation.mayGetThreads ? [] : missingThreads(next, situation.comingThreads ?? [])),
    ...findMissingVcpus(next),
    ...brokenMappings(next),
    ...findBootConflicts(next).map(({ reason }) => `boot order ${reason}`),
    ...lackingFeatures(desired, situation),
    ...lackingCpus(desired, situation.onlineCpus),
    ...missingSlots(situation, steps),
    ...findUnsharedMemory(next, situation.live),
    ...findOverlays(desired, situation),
    ...findBlockJobs(situation.live, steps),
  ];
}

function brokenMappings(next: XmlElement): string[] {
  return findBrokenMappings(next).map(({ message }) => `${message} (ioThreads)`);
}

/**
 * Finds features that libvirt or QEMU drops, or refuses at the next start. Polling is exempt: we set it in
 * the running guest without libvirt's help.
 */
function lackingFeatures(desired: XmlElement, situation: Situation): string[] {
  const { libvirtVersion, qemuVersion = 0, nameOf = (path: string) => path } = situation;
  return findNewFeatures(desired, libvirtVersion, qemuVersion, ["pollingInXml"]).map(
    ({ path, message }) => `${nameOf(path)}: ${message}; leave it out, or upgrade the host`,
  );
}

function missingThreads(next: XmlElement, coming: readonly number[]): string[] {
  const ids = [...new Set([...ioThreadIds(next), ...coming])];
  return findMissingThreads(next, ids).map((what) =>
    ids.length === 0
      ? `${what}, and the domain has no IO threads; declare it first (ioThreads of the Domain, or an IoThread that this depends on)`
      : `${what}, which the domain does not have; declare it or use one of ${ids.join(", ")} (ioThread); where another resource declares it, let this depend on that`,
  );
}

/**
 * Finds CPUs that the host does not have. libvirt accepts XML that names one, and the next start fails
 * (9.0.0).
 */
function lackingCpus(desired: XmlElement, onlineCpus: readonly number[]): string[] {
  const pins = ["cputune/vcpupin", "cputune/emulatorpin", "cputune/iothreadpin", "vcpu"].flatMap((place) =>
    elementsAt(desired, place),
  );
  return pins.flatMap((pin) => {
    const cpuset = attributeOf(pin, "cpuset");
    const cpus = cpuset === undefined ? [] : (parseCpuset(cpuset) ?? []);
    const lacking = cpus.filter((cpu) => !onlineCpus.includes(cpu));
    if (lacking.length === 0) return [];
    return [
      `cpuset ${cpuset} of ${pin.name} names CPU ${lacking.join(", ")}, which the host lacks; it has ${onlineCpus.join(", ")}`,
    ];
  });
}

function missingSlots(situation: Situation, steps: readonly LiveStep[]): string[] {
  const plugs = steps.filter((step) => step.plugs).length;
  const free = situation.live && countFreeSlots(situation.live);
  if (free === null || plugs <= free) return [];
  return [
    `${plugs} devices are to be plugged in and ${free} hot-plug slots are free; stop the guest first, or give the Domain more hotplugSlots before it starts`,
  ];
}

/** Counts the free hot-plug slots of a running guest; `null` when no limit is known. */
export function countFreeSlots(live: XmlElement): number | null {
  const ports = elementsAt(live, "devices/controller").filter(
    (each) => attributeOf(each, "model") === "pcie-root-port",
  );
  if (ports.length === 0) return null;
  const used = new Set(
    elementsAt(live, "devices")
      .flatMap((devices) => childrenOf(devices))
      .map((each) => valueAt(each, "address/@bus"))
      .filter((bus) => bus !== undefined)
      .map(Number),
  );
  return ports.filter((port) => !used.has(Number(attributeOf(port, "index")))).length;
}
