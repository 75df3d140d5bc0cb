import type { Arguments } from "../../model/arguments/field.ts";
import { kinds } from "../../model/arguments/kinds.ts";
import { impliedBus } from "../../model/elements/domain/buses.ts";
import { ioThreadIds } from "../../model/elements/domain/ioThreads.ts";
import { parseDomainXml } from "../../model/xml/parse.ts";
import { attributeOf, elementsAt, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import { adoptedArguments } from "../arguments/adopted.ts";
import type { AdoptedResource } from "./adopted.ts";
import { keptThreads, listOf, threadsArgument } from "./threads.ts";

type OwnKind = "IoThread" | "VirtioDisk" | "VirtioScsiController";

/**
 * Splits a guest's definition into resources. Everything needed to boot stays in the Domain, so that the program
 * could create the guest anew. These become resources of their own: pins of IO threads; virtio disks with a thread
 * that the guest does not boot from; virtio-scsi controllers with a thread, unless the Domain has SCSI disks; and
 * threads that nothing in the Domain uses. A device that such a resource can't describe completely stays in the
 * Domain.
 */
export function splitGuest(inactive: XmlElement): AdoptedResource[] {
  const all = adoptedArguments(kinds.Domain, inactive, null) ?? {};
  const rest: XmlElement =
    typeof all.xml === "string"
      ? parseDomainXml(all.xml)
      : { kind: "element", name: "domain", attributes: [], children: [] };
  const own = (kind: OwnKind, key: unknown) => adoptedArguments(kinds[kind], inactive, String(key));
  const ownDisks = furtherDisks(all, rest).filter(({ target }) => own("VirtioDisk", target) !== null);
  const ownControllers = freeControllers(all, rest).filter(
    ({ index }) => own("VirtioScsiController", index) !== null,
  );
  const { ioThreadPins, ...cpuTune } = (all.cpuTune ?? {}) as Arguments;
  const disks = listOf(all.disks).filter((each) => !ownDisks.includes(each));
  const controllers = listOf(all.controllers).filter((each) => !ownControllers.includes(each));
  const kept = keptThreads({ ...all, disks, controllers }, rest);
  const ioThreads = threadsArgument(all.ioThreads, kept);
  const resource = (kind: AdoptedResource["kind"], label: string, args: Arguments | null) =>
    args === null ? [] : [{ kind, label, args: withoutEmpty(args) }];
  const ownThreads = ioThreadIds(inactive).filter((id) => !kept.has(id));
  return [
    ...resource("Domain", "", { ...all, ioThreads, cpuTune, disks, controllers }),
    ...ownThreads
      .toSorted((a, b) => a - b)
      .flatMap((id) => resource("IoThread", `io${id}`, own("IoThread", id))),
    ...listOf(ioThreadPins).flatMap((pin) => resource("IoThreadPin", `io${String(pin.ioThread)}`, pin)),
    ...ownDisks.flatMap(({ target }) => resource("VirtioDisk", String(target), own("VirtioDisk", target))),
    ...ownControllers.flatMap(({ index }) =>
      resource("VirtioScsiController", `scsi${String(index)}`, own("VirtioScsiController", index)),
    ),
  ];
}

const hasThread = (device: Arguments) => device.ioThread !== undefined || device.ioThreads !== undefined;

/** Disks with a thread that the guest does not boot from and that typed arguments describe completely. */
function furtherDisks({ disks }: Arguments, rest: XmlElement): Arguments[] {
  const boot = bootTarget(listOf(disks));
  const partly = elementsAt(rest, "devices/disk").map((each) => valueAt(each, "target/@dev"));
  return listOf(disks).filter(
    (disk) => hasThread(disk) && disk.target !== boot && !partly.includes(String(disk.target)),
  );
}

/** SCSI controllers with a thread, if no device of the Domain uses SCSI and typed arguments describe them completely. */
function freeControllers({ disks, controllers }: Arguments, rest: XmlElement): Arguments[] {
  const isOnScsi = (disk: Arguments) => (disk.bus ?? impliedBus(String(disk.target))) === "scsi";
  const isUsed =
    listOf(disks).some(isOnScsi) ||
    elementsAt(rest, "devices/hostdev").some((each) => /^scsi/.test(attributeOf(each, "type") ?? ""));
  const partly = elementsAt(rest, "devices/controller").map((each) => attributeOf(each, "index"));
  return listOf(controllers).filter(
    (each) => each.type === "scsi" && hasThread(each) && !isUsed && !partly.includes(String(each.index)),
  );
}

/** Target of the disk that the guest boots from: the first in the boot order, else the first disk. */
function bootTarget(disks: readonly Arguments[]): unknown {
  const own = disks.filter(({ device }) => device === undefined || device === "disk");
  const [first] = own
    .filter(({ bootOrder }) => bootOrder !== undefined)
    .toSorted((a, b) => Number(a.bootOrder) - Number(b.bootOrder));
  return (first ?? own[0])?.target;
}

/** Removes empty lists and objects. */
function withoutEmpty(args: Arguments): Arguments {
  const isEmpty = (value: unknown) =>
    value === undefined || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(args).filter(([, value]) => !isEmpty(value)));
}
