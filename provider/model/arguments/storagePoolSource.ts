import { poolTypes } from "../elements/storage/poolTypes.ts";
import type { Fields, ValueType } from "./field.ts";
import { count, listOf, oneOf, text } from "./field.ts";

const word: ValueType = { kind: "string", pattern: /^[^\s]+$/, expected: "a text without blanks" };
const name: ValueType = { kind: "string", pattern: /^\S(?:.*\S)?$/u, expected: "a name" };

const formats = [...new Set(Object.values(poolTypes).flatMap((each) => each.formats))];

/** The source of a pool. `poolTypes` says which type takes which part. */
export const poolSourceFields: Fields = {
  devices: {
    type: listOf({
      kind: "object",
      name: "StoragePoolDevice",
      fields: {
        path: {
          type: word,
          xml: "@path",
          required: true,
          description:
            "Path of a block device; for iSCSI the name of the target, `iqn.2026-01.com.example:images`.",
        },
        partSeparator: {
          type: { kind: "boolean", yes: "yes", no: "no" },
          xml: "@part_separator",
          description: "For `disk`: whether the name of a partition has a `p` between device and number.",
        },
      },
    }),
    xml: "device",
    description: "For fs, disk, logical, zfs: block devices. For iscsi, iscsi-direct: the target.",
  },
  hosts: {
    type: listOf({
      kind: "object",
      name: "StoragePoolHost",
      fields: {
        name: { type: word, xml: "@name", required: true, description: "Name or address of the server." },
        port: {
          type: count(1, 65535),
          xml: "@port",
          description: "Port of the server. Default: the protocol's.",
        },
      },
    }),
    xml: "host",
    description: "For netfs, iscsi, iscsi-direct, gluster: the server. For rbd: the monitors.",
  },
  dir: {
    type: { kind: "string", pattern: /^[^\n]+$/, expected: "a path on the server" },
    xml: "dir/@path",
    description: "For netfs: the exported folder. For gluster: a folder in the volume.",
  },
  name: {
    type: name,
    xml: "name",
    description:
      "For logical: the volume group. For rbd, gluster, zfs: the pool or volume there. Default, not for rbd: the name of the StoragePool.",
  },
  format: {
    type: oneOf(...formats),
    xml: "format/@type",
    description: "For fs, netfs: the file system. For disk: the partition table. Default: what is there.",
  },
  adapter: {
    type: {
      kind: "object",
      name: "StoragePoolAdapter",
      fields: {
        type: {
          type: oneOf("scsi_host", "fc_host"),
          xml: "@type",
          required: true,
          description: "A SCSI host, or a Fibre Channel adapter.",
        },
        name: { type: word, xml: "@name", description: "For scsi_host: the name, such as `host2`." },
        parentAddress: {
          type: {
            kind: "object",
            name: "StoragePoolAdapterAddress",
            fields: {
              uniqueId: {
                type: count(0),
                xml: "@unique_id",
                required: true,
                description: "The file unique_id of the SCSI host below /sys/class/scsi_host.",
              },
              domain: { type: word, xml: "address/@domain", description: "PCI domain, `0x0000`." },
              bus: { type: word, xml: "address/@bus", required: true, description: "PCI bus, `0x00`." },
              slot: { type: word, xml: "address/@slot", required: true, description: "PCI slot, `0x1f`." },
              function: { type: word, xml: "address/@function", description: "PCI function, `0x2`." },
            },
          },
          xml: "parentaddr",
          description:
            "For scsi_host: its PCI address, which stays the same when the host boots, as its name may not.",
        },
        parent: {
          type: word,
          xml: "@parent",
          description: "For fc_host: the adapter that the virtual one is made on.",
        },
        wwnn: { type: word, xml: "@wwnn", description: "For fc_host: its world-wide node name." },
        wwpn: { type: word, xml: "@wwpn", description: "For fc_host: its world-wide port name." },
        managed: {
          type: { kind: "boolean", yes: "yes", no: "no" },
          xml: "@managed",
          description: "For fc_host: whether the virtual adapter goes when the pool stops.",
        },
      },
    },
    xml: "adapter",
    description: "For scsi: the adapter.",
  },
  auth: {
    type: {
      kind: "object",
      name: "StoragePoolAuth",
      fields: {
        type: {
          type: oneOf("chap", "ceph"),
          xml: "@type",
          required: true,
          description: "chap for iscsi and iscsi-direct, ceph for rbd.",
        },
        username: { type: text, xml: "@username", required: true, description: "User on the server." },
        secretUsage: {
          type: text,
          xml: "secret/@usage",
          description:
            "Usage of a secret that libvirt has (virsh secret-list). Its value is never read nor sent.",
        },
        secretUuid: {
          type: word,
          xml: "secret/@uuid",
          description: "UUID of such a secret, instead of its usage.",
        },
      },
      oneOf: ["secretUsage", "secretUuid"],
    },
    xml: "auth",
    description: "For iscsi, iscsi-direct, rbd: how the host proves to the server who it is.",
  },
  initiator: {
    type: word,
    xml: "initiator/iqn/@name",
    description: "For iscsi, iscsi-direct: the IQN as which the host logs in. Required for iscsi-direct.",
  },
  protocolVersion: {
    type: { kind: "string", pattern: /^\d+(?:\.\d+)?$/, expected: "a version such as 4 or 4.2" },
    xml: "protocol/@ver",
    description: "For netfs with NFS: the version of the protocol.",
  },
};
