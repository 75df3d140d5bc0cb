import { ioThreadIds } from "../../model/elements/domain/ioThreads.ts";
import { parseCpuset } from "../../model/values/cpuset.ts";
import { attributeOf, elementsAt, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import { isVhostUser } from "../checks/vhostUser.ts";
import { threadsOfDevice, threadsOfDisk } from "../cpus/guestCpus.ts";
import type { ThreadPlacement } from "./sample.ts";

/** Reads from a live `<domain>` which thread serves which disk, and where each thread may run. */
export function placementOf(domain: XmlElement): ThreadPlacement {
  const controllers = elementsAt(domain, "devices/controller").filter(
    (each) => attributeOf(each, "type") === "scsi",
  );
  const disks = elementsAt(domain, "devices/disk").map((disk) => ({
    target: valueAt(disk, "target/@dev") ?? "",
    ioThreads: threadsOfDisk(domain, disk).map(Number),
    ...(isVhostUser(disk) ? { isElsewhere: true as const } : {}),
  }));
  const mode = valueAt(domain, "numatune/memory/@mode") ?? "strict";
  const nodes = valueAt(domain, "numatune/memory/@nodeset");
  return {
    disks,
    ioThreads: ioThreadIds(domain),
    controllerIoThreads: controllers.flatMap(threadsOfDevice).map(Number),
    ioThreadPins: pins(domain, "iothreadpin", "iothread"),
    vcpuPins: pins(domain, "vcpupin", "vcpu"),
    memoryNodes: nodes === undefined || mode === "preferred" ? null : parseCpuset(nodes),
  };
}

function pins(domain: XmlElement, element: string, key: string): Map<number, readonly number[]> {
  return new Map(
    elementsAt(domain, `cputune/${element}`).map((pin) => [
      Number(attributeOf(pin, key)),
      parseCpuset(attributeOf(pin, "cpuset") ?? "") ?? [],
    ]),
  );
}
