import { ioThreadIds } from "../../model/elements/domain/ioThreads.ts";
import { parseCpuset } from "../../model/values/cpuset.ts";
import { attributeOf, elementsAt, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import { isVhostUser } from "../checks/vhostUser.ts";
import type { ThreadPlacement } from "./sample.ts";

/** Reads from a live `<domain>` which thread serves which disk, and where each thread may run. */
export function placementOf(domain: XmlElement): ThreadPlacement {
  const controllers = new Map(
    elementsAt(domain, "devices/controller")
      .filter((each) => attributeOf(each, "type") === "scsi")
      .map((each) => [attributeOf(each, "index") ?? "0", threadsOf(each)]),
  );
  const disks = elementsAt(domain, "devices/disk").map((disk) => ({
    target: valueAt(disk, "target/@dev") ?? "",
    ioThreads:
      valueAt(disk, "target/@bus") === "scsi"
        ? (controllers.get(valueAt(disk, "address/@controller") ?? "0") ?? [])
        : threadsOf(disk),
    ...(isVhostUser(disk) ? { isElsewhere: true as const } : {}),
  }));
  const mode = valueAt(domain, "numatune/memory/@mode") ?? "strict";
  const nodes = valueAt(domain, "numatune/memory/@nodeset");
  return {
    disks,
    ioThreads: ioThreadIds(domain),
    controllerIoThreads: [...controllers.values()].flat(),
    ioThreadPins: pins(domain, "iothreadpin", "iothread"),
    vcpuPins: pins(domain, "vcpupin", "vcpu"),
    memoryNodes: nodes === undefined || mode === "preferred" ? null : parseCpuset(nodes),
  };
}

/** Ids of the IO threads in `<driver iothread='1'/>` or `<driver><iothreads><iothread id='1'/>…` (libvirt 10.0.0). */
function threadsOf(device: XmlElement): number[] {
  const mapped = elementsAt(device, "driver/iothreads/iothread").map((each) => attributeOf(each, "id"));
  return [valueAt(device, "driver/@iothread"), ...mapped].flatMap((id) =>
    id === undefined ? [] : Number(id),
  );
}

function pins(domain: XmlElement, element: string, key: string): Map<number, readonly number[]> {
  return new Map(
    elementsAt(domain, `cputune/${element}`).map((pin) => [
      Number(attributeOf(pin, key)),
      parseCpuset(attributeOf(pin, "cpuset") ?? "") ?? [],
    ]),
  );
}
