/**
 * What libvirt's types of storage pools need and can do. The parts of `<source>` and the formats are those of
 * `poolTypeInfo` and of the enums in conf/storage_conf.c (9.0.0); each driver lists in storage/storage_backend_*.c what it can do
 * with volumes. vstorage is left out, for no distribution builds its driver, and sheepdog, which libvirt dropped in 9.1.0.
 */
import { table } from "../../table.ts";

export type PoolTypeName =
  | "dir"
  | "fs"
  | "netfs"
  | "logical"
  | "disk"
  | "iscsi"
  | "iscsi-direct"
  | "scsi"
  | "mpath"
  | "rbd"
  | "gluster"
  | "zfs";

/** Arguments of a pool's `source`, which print the element of the same meaning in `<source>`. */
export type SourcePart =
  | "devices"
  | "hosts"
  | "dir"
  | "name"
  | "format"
  | "adapter"
  | "auth"
  | "initiator"
  | "protocolVersion";

/** What a new volume may hold: nothing, or one of the kinds of `content`. */
export type ContentName = "empty" | "image" | "backing" | "clone";

export interface PoolType {
  /** For users: what the pool is. */
  readonly is: string;
  /** The libvirt version that brought it. */
  readonly since: string;
  /** What `<source>` must have. */
  readonly needs: readonly SourcePart[];
  /** What it may have besides. libvirt reads other parts and drops them without a word. */
  readonly takes: readonly SourcePart[];
  /** Parts of which the driver takes exactly one, which libvirt says only when the pool starts. */
  readonly single: readonly SourcePart[];
  /** Values of the format of the source. */
  readonly formats: readonly string[];
  /** The type of `auth`. */
  readonly auth?: "chap" | "ceph";
  /**
   * `folder`: volumes are files in it. `devices`: it holds links to devices, such as /dev/disk/by-path. `derived`: libvirt sets
   * it from the name of the source. `none`: volumes have no path on the host.
   */
  readonly target: "folder" | "devices" | "derived" | "none";
  /** `pool-build` without flags makes the folder and nothing else. For other types it writes to devices, or is not there. */
  readonly isBuilt: boolean;
  /** Stopping it takes its volumes away from the host, by unmounting, logging out or deactivating. */
  readonly stopTakesVolumes: boolean;
  /** Other hosts may use the same volumes, and nothing tells this host. */
  readonly isShared: boolean;
  /** What the provider makes in it. */
  readonly makes: readonly ContentName[];
}

const file = {
  target: "folder",
  isBuilt: true,
  makes: ["empty", "image", "backing", "clone"],
} as const satisfies Partial<PoolType>;

/** Volumes that are there already: LUNs, partitions and network volumes that only their server makes. */
const given = {
  isBuilt: false,
  stopTakesVolumes: false,
  formats: [],
  makes: [],
} as const satisfies Partial<PoolType>;

export const poolTypes: Readonly<Record<PoolTypeName, PoolType>> = table({
  dir: {
    ...file,
    is: "a folder",
    since: "0.4.1",
    needs: [],
    takes: [],
    single: [],
    formats: [],
    stopTakesVolumes: false,
    isShared: false,
  },
  fs: {
    ...file,
    is: "the file system of a device, which libvirt mounts",
    since: "0.4.1",
    needs: ["devices"],
    takes: ["format"],
    single: ["devices"],
    formats: [
      "auto",
      "ext2",
      "ext3",
      "ext4",
      "ufs",
      "iso9660",
      "udf",
      "gfs",
      "gfs2",
      "vfat",
      "hfs+",
      "xfs",
      "ocfs2",
      "vmfs",
    ],
    stopTakesVolumes: true,
    isShared: false,
  },
  netfs: {
    ...file,
    is: "a folder of a file server (NFS, CIFS, GlusterFS), which libvirt mounts",
    since: "0.4.1",
    needs: ["hosts", "dir"],
    takes: ["format", "protocolVersion"],
    single: ["hosts"],
    formats: ["auto", "nfs", "glusterfs", "cifs"],
    stopTakesVolumes: true,
    isShared: true,
  },
  logical: {
    is: "a volume group of LVM",
    since: "0.4.1",
    needs: [],
    takes: ["name", "devices", "format"],
    single: [],
    formats: ["lvm2"],
    target: "derived",
    isBuilt: false,
    stopTakesVolumes: true,
    isShared: false,
    makes: ["empty", "clone"],
  },
  disk: {
    ...given,
    is: "a disk; its partitions are the volumes",
    since: "0.4.1",
    needs: ["devices"],
    takes: ["format"],
    single: ["devices"],
    formats: ["unknown", "dos", "dvh", "gpt", "mac", "bsd", "pc98", "sun", "lvm2"],
    target: "devices",
    isShared: false,
  },
  iscsi: {
    ...given,
    is: "the LUNs of an iSCSI target, to which the host logs in",
    since: "0.4.1",
    needs: ["hosts", "devices"],
    takes: ["initiator", "auth"],
    single: ["hosts", "devices"],
    auth: "chap",
    target: "devices",
    stopTakesVolumes: true,
    isShared: true,
  },
  "iscsi-direct": {
    ...given,
    is: "the LUNs of an iSCSI target, which QEMU opens without the host",
    since: "4.7.0",
    needs: ["hosts", "devices", "initiator"],
    takes: ["auth"],
    single: ["hosts", "devices"],
    auth: "chap",
    target: "none",
    isShared: true,
  },
  scsi: {
    ...given,
    is: "the LUNs of a SCSI or Fibre Channel adapter",
    since: "0.4.1",
    needs: ["adapter"],
    takes: [],
    single: [],
    target: "devices",
    // A virtual adapter that libvirt has made goes with the pool.
    stopTakesVolumes: true,
    isShared: true,
  },
  mpath: {
    ...given,
    is: "all multipath devices of the host",
    since: "0.7.1",
    needs: [],
    takes: [],
    single: [],
    target: "devices",
    isShared: true,
  },
  rbd: {
    ...given,
    is: "a pool of Ceph's block devices (RBD)",
    since: "0.9.13",
    needs: ["hosts", "name"],
    takes: ["auth"],
    single: [],
    auth: "ceph",
    target: "none",
    isShared: true,
    makes: ["empty"],
  },
  gluster: {
    ...given,
    is: "a GlusterFS volume, which QEMU opens without a mount",
    since: "1.2.0",
    needs: ["hosts"],
    takes: ["name", "dir"],
    single: ["hosts"],
    target: "none",
    isShared: true,
  },
  zfs: {
    ...given,
    is: "a ZFS pool",
    since: "1.2.8",
    needs: [],
    takes: ["name", "devices"],
    single: [],
    target: "derived",
    isShared: false,
    makes: ["empty"],
  },
} satisfies Record<PoolTypeName, PoolType>);

/** The row of a type; `null` for one that is not in the table, such as a pool that somebody else has defined. */
export function poolTypeOf(name: string): PoolType | null {
  return (poolTypes as Readonly<Record<string, PoolType>>)[name] ?? null;
}

/** Whether the volumes of such a pool are files of a folder. */
export function isOfFiles(type: string): boolean {
  return poolTypeOf(type)?.target === "folder";
}
