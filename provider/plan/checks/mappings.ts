import { attributeOf, elementsAt, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";

/** Why libvirt or QEMU refuses a device's mapping of queues to IO threads. */
export interface MappingFault {
  readonly what: string;
  /** Whether something is missing that a value not known yet may still add. */
  readonly isAbsence: boolean;
}

/** Largest number of queues to list one by one. A declared count has no upper limit. */
const listedQueues = 4096;

/**
 * Checks a mapping by libvirt's rules: no `iothread` beside it, and each thread once. Either no thread has
 * queues, or all do, and then every queue from 0 to `queues` - 1 appears exactly once. An empty mapping
 * counts as none, because libvirt drops it (11.3, 12.8). Another check verifies that the threads exist, since
 * other resources may add them.
 */
export function findMappingFaults(device: XmlElement): MappingFault[] {
  const threads = elementsAt(device, "driver/iothreads/iothread");
  if (threads.length === 0) return [];
  const faults: MappingFault[] = [];
  const add = (what: string, isAbsence = false) => faults.push({ what, isAbsence });
  if (valueAt(device, "driver/@iothread") !== undefined)
    add("iothread and a mapping stand together; keep one");
  const twice = repeated(idsOf(threads));
  if (twice.length > 0) add(`IO thread ${twice.join(", ")} is named more than once`);
  if (threads.some((thread) => elementsAt(thread, "queue").length > 0))
    faults.push(...findQueueFaults(device, threads));
  return faults;
}

function findQueueFaults(device: XmlElement, threads: readonly XmlElement[]): MappingFault[] {
  const faults: MappingFault[] = [];
  const add = (what: string, isAbsence = false) => faults.push({ what, isAbsence });
  const queues = threads.flatMap((thread) => idsOf(elementsAt(thread, "queue")));
  const without = idsOf(threads.filter((thread) => elementsAt(thread, "queue").length === 0));
  if (without.length > 0) add(`IO thread ${without.join(", ")} has no queue while others have`, true);
  const twice = repeated(queues);
  if (twice.length > 0) add(`queue ${twice.join(", ")} is mapped more than once`);
  const count = valueAt(device, "driver/@queues");
  if (count === undefined) {
    add("queues are mapped, and the driver does not say how many there are; give queues", true);
    return faults;
  }
  const beyond = queues.filter((queue) => !(Number(queue) < Number(count)));
  if (beyond.length > 0) add(`queue ${beyond.join(", ")} is beyond the ${count} that it has`);
  const all = Array.from({ length: Math.min(Number(count), listedQueues) }, (_, queue) => String(queue));
  const missing = all.filter((queue) => !queues.includes(queue));
  if (missing.length > 0) add(`queue ${missing.join(", ")} is mapped to no IO thread`, true);
  return faults;
}

function idsOf(elements: readonly XmlElement[]): string[] {
  return elements.map((each) => attributeOf(each, "id")).filter((id) => id !== undefined);
}

function repeated(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
