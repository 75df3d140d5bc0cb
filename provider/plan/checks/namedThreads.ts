import { parseCpuset } from "../../model/values/cpuset.ts";
import { attributeOf, elementsAt, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import { threadsOfDevice } from "../cpus/guestCpus.ts";

/** Lists the IO threads that each device, pin and scheduler of a domain names. */
function usesOf(domain: XmlElement): { readonly what: string; readonly ids: readonly number[] }[] {
  return [
    ...elementsAt(domain, "devices/disk").map((each) => ({
      what: `disk ${valueAt(each, "target/@dev")}`,
      ids: threadsOfDevice(each).map(Number),
    })),
    ...elementsAt(domain, "devices/controller").map((each) => ({
      what: `controller ${attributeOf(each, "type")} ${attributeOf(each, "index")}`,
      ids: threadsOfDevice(each).map(Number),
    })),
    ...elementsAt(domain, "cputune/iothreadpin").map((each) => ({
      what: "a pin",
      ids: [Number(attributeOf(each, "iothread"))],
    })),
    ...elementsAt(domain, "cputune/iothreadsched").map((each) => ({
      what: "a scheduler (ioThreadScheds)",
      ids: parseCpuset(attributeOf(each, "iothreads") ?? "") ?? [],
    })),
  ];
}

/** Finds devices, queues, pins and schedulers that name an IO thread the domain does not have. */
export function findMissingThreads(domain: XmlElement, ids: readonly number[]): string[] {
  return usesOf(domain).flatMap(({ what, ids: named }) => {
    const missing = [...new Set(named)].filter((id) => id > 0 && !ids.includes(id));
    return missing.length === 0 ? [] : [`${what} names IO thread ${missing.join(", ")}`];
  });
}

/**
 * Finds schedulers for a vCPU that the domain does not have. libvirt refuses these, but ignores a pin for
 * such a vCPU.
 */
export function findMissingVcpus(domain: XmlElement): string[] {
  const count = Number(valueAt(domain, "vcpu") ?? 1);
  return elementsAt(domain, "cputune/vcpusched").flatMap((each) => {
    const vcpus = parseCpuset(attributeOf(each, "vcpus") ?? "") ?? [];
    const missing = vcpus.filter((vcpu) => vcpu >= count);
    if (missing.length === 0) return [];
    return [
      `a scheduler (vcpuScheds) names vCPU ${missing.join(", ")}, and the domain has ${count}, from 0 to ${count - 1}`,
    ];
  });
}
