import { poolTypes } from "../elements/storage/poolTypes.ts";
import type { Fields, ValueType } from "./field.ts";
import { count, oneOf } from "./field.ts";
import { absolutePath, fileName, yesByDefault } from "./storage.ts";
import { poolSourceFields } from "./storagePoolSource.ts";

const atNextStart = "the pool's next start";

/** The same fields, with what a change of each of them costs. */
function costing(cost: string, fields: Fields): Fields {
  const costly = (type: ValueType): ValueType => {
    if (type.kind === "object") return { ...type, fields: costing(cost, type.fields) };
    return type.kind === "list" ? { ...type, of: costly(type.of) } : type;
  };
  const entries = Object.entries(fields);
  return Object.fromEntries(entries.map(([name, row]) => [name, { ...row, type: costly(row.type), cost }]));
}

const permissions: Fields = {
  mode: {
    type: { kind: "string", pattern: /^0?[0-7]{3}$/, expected: "an octal mode such as 0711" },
    xml: "mode",
    description: "Mode, octal: `0711`.",
  },
  owner: { type: count(0, 4294967294), xml: "owner", description: "Numeric id of the user." },
  group: { type: count(0, 4294967294), xml: "group", description: "Numeric id of the group." },
};

const types = Object.entries(poolTypes)
  .map(([type, { is }]) => `${type} (${is})`)
  .join(", ");

export const storagePoolFields: Fields = {
  name: {
    type: fileName,
    xml: "name",
    required: true,
    replaces: true,
    description: "Name of the pool on its host. Another one makes a new pool.",
  },
  type: {
    type: oneOf(...Object.keys(poolTypes)),
    xml: "@type",
    cost: `${atNextStart}; nothing on disk moves`,
    description: `What the pool is: ${types}. Default: dir.`,
  },
  path: {
    type: absolutePath,
    xml: "target/path",
    cost: `${atNextStart}; the files in the old folder stay there`,
    description:
      "Absolute path on the host. For dir: the folder of the volumes. For fs, netfs: where their file system is mounted. For disk, iscsi, scsi, mpath: where the devices appear, such as /dev/disk/by-path. These need it, and the others have none.",
  },
  source: {
    type: { kind: "object", name: "StoragePoolSource", fields: costing(atNextStart, poolSourceFields) },
    xml: "source",
    cost: atNextStart,
    description: "What the pool is made of, for all types but dir and mpath.",
  },
  permissions: {
    type: { kind: "object", name: "StoragePoolPermissions", fields: costing(atNextStart, permissions) },
    xml: "target/permissions",
    cost: atNextStart,
    description:
      "Mode and owner of the folder, for dir. Whenever the pool starts, the folder gets them. Default: those of a folder that is there, 0711 for a new one.",
  },
  build: {
    type: oneOf("directory", "never"),
    cost: "touches nothing on the host",
    description:
      "What may be made before the pool starts. directory: for dir, fs and netfs, the folder if it is missing. Nothing else is ever made: no file system, no volume group, no partition table. Default: directory for those three.",
  },
  exclusive: {
    type: yesByDefault,
    cost: "touches nothing on the host",
    description:
      "For netfs, rbd and other types that several hosts can share: whether only this host's guests use the volumes. Without it none of them is ever deleted, for the guests of other hosts are not seen. Default: no.",
  },
  active: {
    type: yesByDefault,
    cost: "live; running guests keep their disks",
    description:
      "Whether the pool is started, so that its volumes can be used. A pool whose stop would take away a disk of a guest is not stopped. Default: yes.",
  },
  autostart: {
    type: yesByDefault,
    cost: "live",
    description:
      "Whether the pool starts with its host. Without it, a guest with a disk of the type volume does not start after a reboot of the host. Default: yes.",
  },
};

export const storagePoolOutputs: Fields = {
  uuid: { type: { kind: "string" }, description: "UUID, which the pool keeps." },
  isOurs: {
    type: yesByDefault,
    description:
      "Whether this resource made the pool. One that was there already stays on the host when the resource is removed.",
  },
  pendingRestart: {
    type: { kind: "list", of: { kind: "string" } },
    description: "Arguments that wait for the pool's next start; empty when the active pool is as declared.",
  },
};
