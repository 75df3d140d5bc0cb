import type { DefinedObject, LibvirtObject } from "../objects.ts";
import { objects } from "../objects.ts";
import { table } from "../table.ts";
import { parseRoot, XmlError } from "../xml/parse.ts";
import type { XmlElement } from "../xml/tree.ts";
import { checkFields } from "./check.ts";
import { virtioScsiControllerFields } from "./controller.ts";
import { virtioDiskFields } from "./disk.ts";
import { domainFields } from "./domain.ts";
import type { Arguments, Failure, Fields } from "./field.ts";
import { count, listOf, oneOf, text, unknown } from "./field.ts";
import { hostArgument } from "./host.ts";
import { ioThreadFields } from "./ioThread.ts";
import { measuredOutput, measureFields } from "./measure.ts";
import { domainOutputs, domainUuid, ioThreadOutputs, ioThreadPinOutputs, pendingRestart } from "./outputs.ts";
import { printArguments } from "./print.ts";
import { volumeFields, volumeOutputs } from "./storage.ts";
import { storagePoolFields, storagePoolOutputs } from "./storagePool.ts";

/** A domain or a part of one. */
export type KindName = "Domain" | "IoThread" | "IoThreadPin" | "VirtioDisk" | "VirtioScsiController";
/** A storage pool or a volume in one. */
export type StorageKindName = "StoragePool" | "Volume";

/** A kind of resource: its arguments, and their place in the XML of a libvirt object. */
export interface AnyKind {
  readonly name: KindName | StorageKindName;
  /** The libvirt object that the resource is, or is a part of. */
  readonly object: LibvirtObject;
  /** For users: what one such resource is. */
  readonly description: string;
  readonly fields: Fields;
  /** Place, from the root element, of the element that the fields describe. */
  readonly place: string;
  /** Argument that identifies a resource of this kind within a domain; `null` for an object itself. */
  readonly key: string | null;
  /** Outputs of the resource beside its arguments: facts that the provider reads from the host. */
  readonly outputs: Fields;
}

export interface Kind extends AnyKind {
  readonly name: KindName;
  readonly object: DefinedObject;
}

export interface StorageKind extends AnyKind {
  readonly name: StorageKindName;
}

const host: Fields = { host: { ...hostArgument, replaces: true } };

const takeOver: Fields = {
  takeOver: {
    type: { kind: "boolean", yes: "", no: "" },
    description:
      "Whether another domain that has the name by now, told by its UUID, may be taken over in place of the one that this resource made or took over before. Default: no; previews say so, an update refuses, and a removal leaves it alone. A domain that the state does not know yet is taken over by its name either way. Changing it touches nothing on the host.",
  },
};

const place: Fields = {
  ...host,
  domain: {
    type: text,
    required: true,
    replaces: true,
    description:
      "Name of the domain on that host. Another one makes a new resource, unless it is the same domain, renamed on the host.",
  },
  ...takeOver,
};

const lifecycle: Fields = {
  xml: {
    type: text,
    description:
      "Any `<domain>` XML, laid under the other arguments. The same place declared twice with different values is refused. Changing it costs what the changed places cost.",
  },
  strictXml: {
    type: { kind: "boolean", yes: "", no: "" },
    description:
      "Whether it fails when `xml` holds elements or attributes that the host's libvirt does not know, which it would ignore without a word. Default: that is a warning of the preview. Changing it touches nothing on the host.",
  },
  running: {
    type: { kind: "boolean", yes: "", no: "" },
    description:
      "Whether the guest runs. Default: left as it is. Changing it starts the guest or powers it off. One that somebody paused is resumed, one that suspended itself is woken; one that libvirt or QEMU stopped (I/O error, watchdog, crash) is left as it is, and the preview says so.",
  },
  autostart: {
    type: { kind: "boolean", yes: "", no: "" },
    description: "Whether it starts with its host. Default: left as it is. Changing it: live.",
  },
  hotplugSlots: {
    type: count(0, 64),
    description:
      "Spare PCIe root ports that a new q35 domain gets, for disks and controllers to be plugged in while it runs. Default: 8. Changing it later does nothing.",
  },
  undefineWith: {
    type: listOf(oneOf("managedSave", "snapshotsMetadata", "checkpointsMetadata", "nvram", "tpm")),
    description:
      "What may be deleted with the domain when it is removed. Default: nothing; what is there stops the removal. Disk images are never deleted. Changing it touches nothing on the host.",
  },
};

/** Arguments that limit what a change may do to a running guest. */
const power: Fields = {
  whenRunning: {
    type: oneOf("live", "detach", "restart"),
    description:
      'What may be done to a running guest: "live" only what it does not notice, "detach" take a device out and plug it in again as well, "restart" a power cycle for everything else. Default: "live"; what can\'t be done so is defined, waits for the next power cycle and is listed in pendingRestart. Changing it touches nothing on the host, unless something waits that it allows now.',
  },
  shutdownTimeoutSeconds: {
    type: count(0, 86400),
    description:
      "Seconds that a guest has to power off when asked to. Default: 60. Changing it touches nothing on the host.",
  },
  forceOff: {
    type: { kind: "boolean", yes: "", no: "" },
    description:
      "Whether a guest that did not power off in time, or can't be asked to since it is paused or crashed, is cut off. Default: it is not, and that is an error. Changing it touches nothing on the host.",
  },
};

const pin: Fields = {
  ioThread: {
    type: count(1),
    xml: "@iothread",
    required: true,
    replaces: true,
    description: "Id of an IO thread of the domain. Another one makes a new pin.",
  },
  cpuset: {
    type: { kind: "cpuset" },
    xml: "@cpuset",
    required: true,
    description: "Host CPUs on which the thread may run.",
  },
};

export const kinds: Readonly<Record<KindName, Kind>> = {
  Domain: {
    name: "Domain",
    object: objects.domain,
    description: "A persistent domain of a libvirt host. What it does not declare is left as it is.",
    outputs: table(domainOutputs),
    fields: table({ ...host, ...domainFields, ...lifecycle, ...power, ...takeOver }),
    place: ".",
    key: null,
  },
  IoThread: {
    name: "IoThread",
    object: objects.domain,
    description: "One IO thread of a domain; added to the running guest without a restart.",
    outputs: table({ ...ioThreadOutputs, ...measuredOutput }),
    fields: table({ ...place, ...ioThreadFields, ...measureFields }),
    place: "iothreadids/iothread",
    key: "ioThreadId",
  },
  IoThreadPin: {
    name: "IoThreadPin",
    object: objects.domain,
    description: "The host CPUs on which an IO thread may run.",
    outputs: table(ioThreadPinOutputs),
    fields: table({ ...place, ...pin }),
    place: "cputune/iothreadpin",
    key: "ioThread",
  },
  VirtioDisk: {
    name: "VirtioDisk",
    object: objects.domain,
    description:
      "One virtio-blk disk, plugged into the running guest. Its image is never created and never deleted.",
    outputs: table({ ...domainUuid, ...pendingRestart, ...measuredOutput }),
    fields: table({ ...place, ...virtioDiskFields, ...power, ...measureFields }),
    place: "devices/disk",
    key: "target",
  },
  VirtioScsiController: {
    name: "VirtioScsiController",
    object: objects.domain,
    description: "One virtio-scsi controller, plugged into the running guest.",
    outputs: table({ ...domainUuid, ...pendingRestart }),
    fields: table({ ...place, ...virtioScsiControllerFields, ...power }),
    place: "devices/controller",
    key: "index",
  },
};

export const storageKinds: Readonly<Record<StorageKindName, StorageKind>> = {
  StoragePool: {
    name: "StoragePool",
    object: objects.storagePool,
    description: "A persistent storage pool of a libvirt host: a folder or another place that holds volumes.",
    outputs: table(storagePoolOutputs),
    fields: table({ ...host, ...storagePoolFields }),
    place: ".",
    key: null,
  },
  Volume: {
    name: "Volume",
    object: objects.volume,
    description:
      "A volume of a storage pool: a disk image. It grows while its guest runs, and is never shrunk, overwritten or replaced.",
    outputs: table(volumeOutputs),
    fields: table({ ...host, ...volumeFields }),
    place: ".",
    key: null,
  },
};

export const allKinds: Readonly<Record<AnyKind["name"], AnyKind>> = { ...kinds, ...storageKinds };

/** The XML of the typed arguments: an object that holds what they declare and nothing else. */
export function printTyped(kind: AnyKind, args: Arguments): XmlElement {
  return printArguments(kind.object.root, kind.fields, args, kind.place);
}

/** The `xml` argument as a tree; null when there is none. @throws XmlError */
export function parseXmlArgument(kind: AnyKind, args: Arguments): XmlElement | null {
  return typeof args.xml === "string" ? parseRoot(args.xml, kind.object.root) : null;
}

/** All mistakes in the arguments that can be found without a host. */
export function checkArguments(kind: AnyKind, args: Arguments): Failure[] {
  const failures = checkFields(kind.fields, args);
  if (kind.name === "Domain" && typeof args.xml === "string") {
    try {
      const tree = parseRoot(args.xml, kind.object.root);
      const isNamed =
        args.name !== undefined ||
        tree.children.some((node) => node.kind === "element" && node.name === "name");
      if (!isNamed) failures.push({ property: "name", reason: "is required, here or as <name> in xml" });
    } catch (error) {
      if (!(error instanceof XmlError)) throw error;
      failures.push({ property: "xml", reason: error.message });
    }
  } else if (kind.name === "Domain" && args.name === undefined && args.xml !== unknown) {
    failures.push({ property: "name", reason: "is required, here or as <name> in xml" });
  }
  return failures;
}
