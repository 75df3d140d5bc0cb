import type { Fields, ValueType } from "./field.ts";
import { flag, oneOf } from "./field.ts";

/** Names of pools and volumes are names of files, so libvirt refuses a slash (9.0.0). */
export const fileName: ValueType = {
  kind: "string",
  // libvirt takes a name with a blank at its end, and XML does not keep it apart from the name without.
  pattern: /^(?!\.{1,2}$)(?!\s)[^/\p{Cc}]+(?<!\s)$/u,
  expected: "a name without slashes, control characters, and blanks at its ends",
};

export const absolutePath: ValueType = {
  kind: "string",
  pattern: /^\/[^\n]*$/,
  expected: "an absolute path on the host",
};

export const yesByDefault = { kind: "boolean", yes: "", no: "" } as const;

const url: ValueType = {
  kind: "string",
  pattern: /^(?:https?:\/\/(?![^/]*@)|file:\/\/\/)[^\s]+$/,
  expected: "a URL that begins with https://, http:// or file:/// and holds no spaces, user or password",
};

const content: ValueType = {
  kind: "object",
  name: "VolumeContent",
  oneOf: ["image", "backing", "clone"],
  fields: {
    image: {
      type: {
        kind: "object",
        name: "VolumeImage",
        oneOf: ["url", "file"],
        fields: {
          url: {
            type: url,
            description:
              "Where the image is, in the volume's `format`. `file:///` is a file of the machine that fetches it.",
          },
          file: {
            type: { kind: "string", pattern: /^[^\n]+$/, expected: "a path" },
            description:
              "Path of the image on the machine where the program runs, such as `images/debian.qcow2` in the program's folder. It is sent through the SSH connection.",
          },
          fetch: {
            type: oneOf("host", "client"),
            description:
              "Where the URL is fetched: on the host with curl, or on the machine where the program runs, which then sends the image through the SSH connection. With a checksum, that machine keeps the image for other hosts. Default: host.",
          },
          checksum: {
            type: {
              kind: "textOrObject",
              text: {
                kind: "string",
                pattern: /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/,
                expected: "`sha256:` or `sha512:` and the digest in lower-case hexadecimal digits",
              },
              object: {
                kind: "object",
                name: "VolumeImageChecksum",
                fields: {
                  url: {
                    type: url,
                    required: true,
                    description:
                      "A file with checksums, as distributions publish them beside their images: `SHA256SUMS`, `SHA512SUMS`, or the digest alone. It is read when the volume is made.",
                  },
                },
              },
            },
            description:
              "Digest of the image as it is fetched, before it is decompressed. A file with another one is refused. Default: not checked.",
          },
          decompress: {
            type: oneOf("xz", "gzip", "zstd", "bzip2"),
            description: "How the image is compressed. The host unpacks it. Default: it is not.",
          },
        },
      },
      cost: "not possible",
      description:
        "An image from a URL or a file, brought once. It gets the volume's name only when it is whole and checked.",
    },
    backing: {
      type: {
        kind: "object",
        name: "VolumeBacking",
        fields: {
          path: {
            type: absolutePath,
            xml: "backingStore/path",
            required: true,
            cost: "not possible",
            description: "Absolute path of the image below, such as the `path` of another Volume.",
          },
          format: {
            type: oneOf("raw", "qcow2"),
            xml: "backingStore/format/@type",
            required: true,
            cost: "not possible",
            description: "Format of the image below. It is never guessed.",
          },
        },
      },
      xml: ".",
      cost: "not possible",
      description: "A qcow2 overlay that reads from another image whatever it does not hold itself.",
    },
    clone: {
      type: {
        kind: "object",
        name: "VolumeClone",
        fields: {
          pool: {
            type: fileName,
            cost: "not possible",
            description: "Pool of the volume to copy. Default: the same pool.",
          },
          name: {
            type: fileName,
            required: true,
            cost: "not possible",
            description: "Name of the volume to copy.",
          },
        },
      },
      cost: "not possible",
      description: "A full copy of another volume, made once. A guest that runs on that volume must be off.",
    },
  },
};

export const volumeFields: Fields = {
  pool: {
    type: fileName,
    required: true,
    replaces: true,
    description: "Name of the storage pool. Another one makes a new volume.",
  },
  name: {
    type: fileName,
    xml: "name",
    required: true,
    replaces: true,
    description: "Name of the volume in its pool. Another one makes a new volume.",
  },
  capacity: {
    type: { kind: "bytes" },
    xml: "capacity",
    cost: "live, for a guest that runs on it too; smaller: not possible",
    description:
      "Size that a guest sees: `20 GiB`, or a number of bytes. Required for an empty volume. Default: the size of the content.",
  },
  format: {
    type: oneOf("raw", "qcow2"),
    xml: "target/format/@type",
    cost: "not possible",
    description:
      "Format of the image. Default: qcow2 in pools of files (dir, fs, netfs), raw in all others, which have no other.",
  },
  content: {
    type: content,
    xml: ".",
    cost: "not possible",
    description:
      "What the volume holds when it is made. It is never exchanged afterwards: another content needs a volume of another name. Default: nothing, an empty disk.",
  },
  preallocation: {
    type: oneOf("off", "metadata", "full"),
    cost: "touches nothing on the host",
    description:
      "What takes its space when the volume is made: `full` all of a raw image, `metadata` the tables of a qcow2 image. Default: off.",
  },
  clusterSize: {
    type: { kind: "bytes" },
    xml: "target/clusterSize",
    cost: "not possible",
    description:
      "Size of the units in which a qcow2 image grows, a power of two from 512 bytes to 2 MiB. Default: 64 KiB.",
  },
  lazyRefcounts: {
    type: flag,
    xml: "target/features/lazy_refcounts",
    cost: "not possible",
    description:
      "Whether a qcow2 image writes its reference counts late: faster writes, and a check after a crash. Default: no.",
  },
  extendedL2: {
    type: flag,
    xml: "target/features/extended_l2",
    cost: "not possible",
    description:
      "Whether a qcow2 image keeps track of parts of its clusters, so that small writes to an overlay copy less. Default: no.",
  },
  nocow: {
    type: flag,
    xml: "target/nocow",
    cost: "not possible",
    description: "Whether btrfs writes to the image in place. Default: no.",
  },
  onDelete: {
    type: oneOf("keep", "delete"),
    cost: "touches nothing on the host",
    description:
      "What becomes of the volume when the resource is removed. It is deleted only with `delete`, and even then only if this resource made it, no guest of the host names it, and no volume is backed by it. Default: keep.",
  },
};

export const volumeOutputs: Fields = {
  path: { type: { kind: "string" }, description: "Absolute path on the host, for the `file` of a disk." },
  isOurs: {
    type: yesByDefault,
    description:
      "Whether this resource made the volume. One that was there already stays on the host when the resource is removed.",
  },
  isExclusive: {
    type: yesByDefault,
    description:
      "Whether the StoragePool of the volume said `exclusive` when the volume was last applied. In a pool that other hosts may use, it is never deleted without.",
  },
};
