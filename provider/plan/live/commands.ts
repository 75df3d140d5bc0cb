/** What the live table's rows are made of: one builder per family of virsh commands. */

import { table } from "../../model/table.ts";
import { printCpuset } from "../../model/values/cpuset.ts";
import { printXml } from "../../model/xml/print.ts";
import { attributeOf, childrenOf, elementsAt, textOf, valueAt } from "../../model/xml/read.ts";
import type { XmlElement, XmlNode } from "../../model/xml/tree.ts";
import { emptyDomain } from "../../model/xml/tree.ts";
import type { Change } from "../merge/change.ts";
import { definedAs, deviceIn, metadataIn } from "./devices.ts";
import type { LiveContext, Row, RowStep } from "./steps.ts";
import { DOMAIN } from "./steps.ts";

type Steps = Row["steps"];

const keyOf = (change: Change, name: string): string => {
  const step = change.steps.find((each) => each.kind === "element" && each.name === name);
  return step?.kind === "element" ? (step.key ?? "") : "";
};

const one = (...args: string[]): RowStep[] => [{ args: [...args, "--live"] }];
const ioThreadOf = (change: Change) => keyOf(change, "iothread");

/** A command with the id of the change's IO thread. */
export const ioThread =
  (command: string): Steps =>
  (change) =>
    one(command, DOMAIN, ioThreadOf(change));

/** iothreadadd takes neither polling nor pool: they follow. Two calls, since one call loses the pool (9.0.0). */
export const addIoThread: Steps = (change, context) => {
  const thread = change.desired;
  const [poll] = thread ? childrenOf(thread, "poll") : [];
  const polling = ["max", "grow", "shrink"].flatMap((name) => {
    const value = attributeOf(poll, name);
    return value === undefined ? [] : (setPolling(name)({ ...change, after: value }, context) ?? []);
  });
  const hasPool = thread && attributeOf(thread, "thread_pool_max") !== undefined;
  return [
    ...one("iothreadadd", DOMAIN, ioThreadOf(change)),
    ...polling,
    ...(hasPool ? (setThreadPool(change, context) ?? []) : []),
  ];
};

const pollOptions: Readonly<Record<string, string>> = table({
  max: "--poll-max-ns",
  grow: "--poll-grow",
  shrink: "--poll-shrink",
});

export const setPolling =
  (name: string): Steps =>
  (change) =>
    one("iothreadset", DOMAIN, ioThreadOf(change), pollOptions[name] ?? "", change.after ?? "0");

/**
 * One call per value, since libvirt and QEMU refuse a minimum above the present maximum and a maximum below the
 * present minimum: which goes first depends on what is there. What is not declared stays.
 * @see https://gitlab.com/libvirt/libvirt/-/issues/339
 */
export const setThreadPool: Steps = (change, { live, merged }) => {
  const id = ioThreadOf(change);
  const [was, wanted] = [live, merged].map((tree) => poolOf(tree, id));
  // Without a maximum libvirt refuses any minimum.
  if (wanted?.max === undefined) return null;
  const isMinFirst = was?.max !== undefined && Number(wanted.min ?? 0) <= Number(was.max);
  return (isMinFirst ? (["min", "max"] as const) : (["max", "min"] as const)).flatMap((end) => {
    const value = wanted[end];
    if (value === undefined || value === was?.[end]) return [];
    return one("iothreadset", DOMAIN, id, `--thread-pool-${end}`, value);
  });
};

function poolOf(domain: XmlElement, id: string) {
  const thread = elementsAt(domain, "iothreadids/iothread").find((each) => attributeOf(each, "id") === id);
  return { min: attributeOf(thread, "thread_pool_min"), max: attributeOf(thread, "thread_pool_max") };
}

/** A live pin can't be taken away: all CPUs are the same as none (measured, 9.0.0). */
export const pin =
  (command: string): Steps =>
  (change, { onlineCpus }) => {
    const all = printCpuset(onlineCpus);
    const cpuset = change.kind === "remove" ? all : attributeOf(change.desired ?? undefined, "cpuset");
    if (!cpuset) return null;
    if (change.kind === "remove" && attributeOf(change.actual ?? undefined, "cpuset") === all) return [];
    return one(command, DOMAIN, ...[keyOf(change, command)].filter(Boolean), cpuset);
  };

/** A command that takes the new text or value as its last word; virsh takes none after `--` for an option. */
export const value =
  (command: string, ...options: string[]): Steps =>
  (change) => {
    const text = textAfter(change);
    return text === null ? null : [{ args: [command, DOMAIN, "--live", ...options, "--", text] }];
  };

/** A scheduler parameter of all threads of one sort. */
export const setParameter =
  (parameter: string): Steps =>
  (change) => {
    const text = textAfter(change);
    return text === null ? null : one("schedinfo", DOMAIN, "--set", `${parameter}=${text}`);
  };

/**
 * A command that opens an editor, as the only one that takes its text by standard input: words stand in the host's
 * process list, where every user reads them, and titles and metadata may hold secrets.
 */
const edit = (stdin: string, ...args: string[]): RowStep => ({ args: [...args, "--live", "--edit"], stdin });

/** Texts of the domain: an empty one takes it away. */
export const setText =
  (...options: string[]): Steps =>
  (change) => [edit(textAfter(change) ?? "", "desc", DOMAIN, ...options)];

/** Text of an element that comes whole, or the value that changes; null when it goes. */
export function textAfter(change: Change): string | null {
  if (change.after === null) return null;
  const last = change.steps.at(-1);
  return last?.kind === "element" && change.desired ? textOf(change.desired) : change.after;
}

/** A request to the balloon. Without the device libvirt refuses; without the guest's driver nothing comes of it. */
export const setMemory: Steps = (change, context) => {
  const [balloon] = childrenOf(context.live, "devices").flatMap((all) => childrenOf(all, "memballoon"));
  const hasBalloon = balloon !== undefined && attributeOf(balloon, "model") !== "none";
  return hasBalloon ? value("setmem")(change, context) : null;
};

export const setVcpus: Steps = (change, { live, merged }) => {
  const now = Number(valueAt(live, "vcpu/@current") ?? valueAt(live, "vcpu"));
  const then = Number(valueAt(merged, "vcpu/@current") ?? valueAt(merged, "vcpu"));
  // Taking vCPUs away needs the guest's help, and fails at once without it (9.0.0).
  return change.kind !== "remove" && then < now ? null : one("setvcpus", DOMAIN, String(then));
};

const attach = ["attach-device", DOMAIN, "/dev/stdin", "--live"];

/** A device on the PCI bus: it takes a free slot. */
export const attachDevice: Steps = (change) =>
  change.desired && [{ args: attach, stdin: printXml(change.desired), plugs: true }];

/**
 * A device as it is defined, where only a part of it is declared: one that left the guest and has not come back.
 * Its place on the PCI bus may be taken in the running guest.
 */
function definedDevice(change: Change, { defined }: LiveContext): XmlElement {
  const device = change.desired ? definedAs(defined, change.desired) : emptyDomain;
  const isPlace = (child: XmlNode) =>
    child.kind === "element" && child.name === "address" && attributeOf(child, "type") === "pci";
  return { ...device, children: device.children.filter((child) => !isPlace(child)) };
}

/** Only what libvirt can plug into a running guest: measured, IDE and SATA refuse (9.0.0). */
export const attachDisk: Steps = (change, context) => {
  const disk = definedDevice(change, context);
  const target = valueAt(disk, "target/@dev") ?? "";
  const bus = valueAt(disk, "target/@bus") ?? (/^vd/.test(target) ? "virtio" : "");
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

/** Rewrites one device as it is to be, for what libvirt can change in place. */
export const updateDevice: Steps = (change, { merged }) => {
  const device = deviceIn(merged, change);
  if (!device) return null;
  return [{ args: ["update-device", DOMAIN, "/dev/stdin", "--live"], stdin: printXml(device) }];
};

/** The medium of a drive that can be opened. */
export const changeMedium: Steps = (change, context) => {
  const drive = deviceIn(context.live, change);
  return /^(cdrom|floppy)$/.test(attributeOf(drive, "device") ?? "") ? updateDevice(change, context) : null;
};

/** All limits of a disk at once: one command sets the ones given and keeps the others. */
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

/** `<metadata>`: one element per namespace, set and removed by its URI. */
export const setMetadata: Steps = (change, { live, merged }) => {
  const [, step] = change.steps;
  if (step?.kind !== "element") return null;
  const [prefix, name] = step.name.includes(":") ? step.name.split(":") : ["", step.name];
  const attribute = prefix ? `xmlns:${prefix}` : "xmlns";
  const [before, after] = [live, merged].map((tree) => metadataIn(tree, change));
  const uri = attributeOf(after ?? before, attribute);
  if (!uri || !name) return null;
  if (!after) return one("metadata", DOMAIN, "--uri", uri, "--remove");
  const bare = withoutPrefix(after, prefix ? `${prefix}:` : "");
  return (
    bare && [
      edit(
        printXml({ ...bare, attributes: bare.attributes.filter((each) => each.name !== attribute) }),
        "metadata",
        DOMAIN,
        "--uri",
        uri,
        "--key",
        prefix || name,
      ),
    ]
  );
};

/**
 * libvirt gives the namespace and its prefix to every element below, again to one that has it: `<t:t:a>` (9.0.0). Null
 * where an element is of another namespace, which it would lose.
 */
function withoutPrefix(element: XmlElement, prefix: string): XmlElement | null {
  if (!element.name.startsWith(prefix) || (prefix === "" && element.name.includes(":"))) return null;
  const children: XmlNode[] = [];
  for (const child of element.children) {
    const bare = child.kind === "element" ? withoutPrefix(child, prefix) : child;
    if (!bare) return null;
    children.push(bare);
  }
  return { ...element, name: element.name.slice(prefix.length), children };
}

/** Takes a device out; the next step waits until the guest has let it go. */
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

/** Takes a device out and plugs it in again as it is to be; what it was comes back when that fails. */
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

/** Without what libvirt puts into the running guest's XML alone. */
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
