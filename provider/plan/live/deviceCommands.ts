/** The commands that attach, change and detach devices of a running domain. */

import { busOf } from "../../model/elements/domain/buses.ts";
import { printXml } from "../../model/xml/print.ts";
import { attributeOf, childrenOf, textOf, valueAt } from "../../model/xml/read.ts";
import type { XmlElement, XmlNode } from "../../model/xml/tree.ts";
import { emptyDomain } from "../../model/xml/tree.ts";
import type { Change } from "../merge/change.ts";
import { one } from "./commands.ts";
import { definedAs, deviceIn } from "./devices.ts";
import type { LiveContext, Row, RowStep } from "./steps.ts";
import { DOMAIN } from "./steps.ts";

type Steps = Row["steps"];

const attach = ["attach-device", DOMAIN, "/dev/stdin", "--live"];

/** Attaches a device on the PCI bus, which takes a free slot. */
export const attachDevice: Steps = (change) =>
  change.desired && [{ args: attach, stdin: printXml(change.desired), plugs: true }];

/**
 * The defined device for a declared one, without its PCI address. A program may declare only a part of a device that
 * the running guest has lost, and another device of the guest may use its PCI address now.
 */
function definedDevice(change: Change, { defined }: LiveContext): XmlElement {
  const device = change.desired ? definedAs(defined, change.desired) : emptyDomain;
  const isPlace = (child: XmlNode) =>
    child.kind === "element" && child.name === "address" && attributeOf(child, "type") === "pci";
  return { ...device, children: device.children.filter((child) => !isPlace(child)) };
}

/** Attaches a disk on a bus that supports it; null for IDE and SATA, where libvirt 9.0.0 refuses (measured). */
export const attachDisk: Steps = (change, context) => {
  const disk = definedDevice(change, context);
  const bus = busOf(disk);
  if (bus === "virtio") return attachDevice({ ...change, desired: disk }, context);
  const isOnController = bus === "scsi" || bus === "usb";
  return isOnController ? [{ args: attach, stdin: printXml(disk) }] : null;
};

export const attachController: Steps = (change, context) => {
  const controller = definedDevice(change, context);
  return attributeOf(controller, "model")?.startsWith("virtio")
    ? attachDevice({ ...change, desired: controller }, context)
    : null;
};

/** Updates a device in place, for the parts that libvirt can change that way. */
export const updateDevice: Steps = (change, { merged }) => {
  const device = deviceIn(merged, change);
  if (!device) return null;
  return [{ args: ["update-device", DOMAIN, "/dev/stdin", "--live"], stdin: printXml(device) }];
};

/** Changes the medium of a CD-ROM or floppy drive; null for other disks. */
export const changeMedium: Steps = (change, context) => {
  const drive = deviceIn(context.live, change);
  return /^(cdrom|floppy)$/.test(attributeOf(drive, "device") ?? "") ? updateDevice(change, context) : null;
};

/** Sets all limits of a disk with one command, which keeps the limits that it does not name. */
export const limitDisk: Steps = (change, { merged }) => {
  const disk = deviceIn(merged, change);
  const target = disk && valueAt(disk, "target/@dev");
  if (!disk || !target) return null;
  const limits = new Map(
    childrenOf(disk, "iotune").flatMap((tune) => childrenOf(tune).map((each) => [each.name, textOf(each)])),
  );
  const last = change.steps.findLast((step) => step.kind === "element");
  if (change.kind === "remove" && last) limits.set(last.name, "0");
  const words = [...limits].flatMap(([name, text]) => [`--${name.replaceAll("_", "-")}`, text]);
  return words.length === 0 ? null : one("blkdeviotune", DOMAIN, target, ...words);
};

/** Detaches a device; the next step waits until the guest has released it. */
export const detachDevice: Steps = (change, { live }) => {
  const device = deviceIn(live, change);
  return device && !hasDisks(live, device) ? takeOut(device) : null;
};

function takeOut(device: XmlElement): RowStep[] | null {
  const alias = valueAt(device, "alias/@name");
  if (!alias) return null;
  const args = ["detach-device", DOMAIN, "/dev/stdin", "--live"];
  return [{ args, stdin: printXml(device), waitsFor: alias }];
}

/** Detaches a device and attaches it in its new form; attaches the old form again when that fails. */
export const replaceDevice: Steps = (change, { live, merged }) => {
  const [before, after] = [live, merged].map((tree) => deviceIn(tree, change));
  const out = before && takeOut(before);
  if (!before || !after || !out || hasDisks(live, before)) return null;
  return [
    ...out,
    {
      args: attach,
      stdin: printXml(pluggable(after)),
      undo: { args: attach, stdin: printXml(pluggable(before)) },
    },
  ];
};

/** The device without the nodes that libvirt prints only for a running guest. */
function pluggable(device: XmlElement): XmlElement {
  return {
    ...device,
    children: device.children
      .filter((child) => child.kind !== "element" || !/^(alias|backingStore)$/.test(child.name))
      .map((child) =>
        child.kind === "element" && child.name === "source"
          ? { ...child, attributes: child.attributes.filter(({ name }) => name !== "index") }
          : child,
      ),
  };
}

function hasDisks(domain: XmlElement, device: XmlElement): boolean {
  if (device.name !== "controller") return false;
  const index = attributeOf(device, "index");
  return childrenOf(domain, "devices")
    .flatMap((devices) => childrenOf(devices))
    .some(
      (each) => valueAt(each, "address/@type") === "drive" && valueAt(each, "address/@controller") === index,
    );
}
