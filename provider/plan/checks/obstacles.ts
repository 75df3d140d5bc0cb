import { ioThreadIds } from "../../model/elements/domain/ioThreads.ts";
import { parseCpuset } from "../../model/values/cpuset.ts";
import { attributeOf, elementsAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { LiveStep } from "../live/steps.ts";
import type { Situation } from "../plan.ts";
import { findBlockJobs } from "./blockJobs.ts";
import { countFreeSlots, findMissingThreads } from "./refusals.ts";
import { findUnsharedMemory } from "./vhostUser.ts";

/** What libvirt would refuse half-way, or only at the next start: told before anything is touched. */
export function findObstacles(
  desired: XmlElement,
  next: XmlElement,
  situation: Situation,
  steps: readonly LiveStep[],
): string[] {
  return [
    ...missingThreads(next, situation.comingThreads ?? []),
    ...lackingCpus(desired, situation.onlineCpus),
    ...missingSlots(situation, steps),
    ...findUnsharedMemory(next, situation.live),
    ...findBlockJobs(situation.live, steps),
  ];
}

function missingThreads(next: XmlElement, coming: readonly number[]): string[] {
  const ids = [...new Set([...ioThreadIds(next), ...coming])];
  return findMissingThreads(next, ids).map(
    (what) =>
      `${what}, which the domain does not have; declare it or use one of ${ids.join(", ") || "none"} (ioThread)`,
  );
}

/** XML with such a CPU is accepted and the next start fails (libvirt 9.0.0). */
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
