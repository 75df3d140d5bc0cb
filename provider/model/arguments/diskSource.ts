import type { ValueType } from "./field.ts";
import { count, listOf, oneOf, text } from "./field.ts";

/** Where a disk's data is: exactly one of these fields. */
export const diskSource: ValueType = {
  kind: "object",
  name: "DiskSource",
  oneOf: ["file", "block", "volume", "network", "vhostUser"],
  fields: {
    file: {
      type: { kind: "string", pattern: /^\//, expected: "an absolute path on the host" },
      xml: "source/@file",
      implies: { "@type": "file" },
      description: "Absolute path of an image file on the host. Never created, never deleted.",
    },
    block: {
      type: { kind: "string", pattern: /^\//, expected: "an absolute path on the host" },
      xml: "source/@dev",
      implies: { "@type": "block" },
      description: "Absolute path of a block device on the host.",
    },
    volume: {
      type: {
        kind: "object",
        name: "DiskVolume",
        fields: {
          pool: {
            type: text,
            xml: "source/@pool",
            required: true,
            description: "Name of a libvirt storage pool.",
          },
          volume: {
            type: text,
            xml: "source/@volume",
            required: true,
            description: "Name of a volume in that pool.",
          },
        },
      },
      xml: ".",
      implies: { "@type": "volume" },
      description: "A volume of a libvirt storage pool.",
    },
    network: {
      type: {
        kind: "object",
        name: "DiskNetwork",
        fields: {
          protocol: {
            type: oneOf(
              "nbd",
              "rbd",
              "iscsi",
              "gluster",
              "http",
              "https",
              "ftp",
              "ftps",
              "tftp",
              "nfs",
              "ssh",
            ),
            xml: "source/@protocol",
            required: true,
            description: "How the storage is reached.",
          },
          name: { type: text, xml: "source/@name", description: "Export, image or target on the server." },
          hosts: {
            type: listOf({
              kind: "object",
              name: "DiskHost",
              fields: {
                name: { type: text, xml: "@name", description: "Host name or address." },
                port: {
                  type: count(1, 65535),
                  xml: "@port",
                  description: "Port. Default: the protocol's own.",
                },
                transport: {
                  type: oneOf("tcp", "rdma", "unix"),
                  xml: "@transport",
                  description: 'Default: "tcp".',
                },
                socket: {
                  type: text,
                  xml: "@socket",
                  description: 'Path of the socket for transport "unix".',
                },
              },
            }),
            xml: "source/host",
            description: "Servers, in the order in which they are tried.",
          },
        },
      },
      xml: ".",
      implies: { "@type": "network" },
      description: "Storage over the network.",
    },
    vhostUser: {
      type: { kind: "string", pattern: /^\//, expected: "an absolute path on the host" },
      xml: "source/@path",
      implies: { "@type": "vhostuser", "source/@type": "unix" },
      description:
        'Absolute path of a socket on the host, behind which another process (qemu-storage-daemon, SPDK) has the whole chain of images and serves the disk by vhost-user. For virtio disks of a domain whose memory is shared (`<memoryBacking><source type="memfd"/><access mode="shared"/>`), of a guest that speaks virtio 1.0. When the process ends, the disk is dead until the next power cycle of the guest. Format, caching, limits, threads and serial are the process\'s affair: `format`, `cache`, `io`, `discard`, `detectZeroes`, `ioTune`, `ioThread`, `ioThreads`, `serial`, `readonly`, `shareable` are refused.',
    },
  },
};
