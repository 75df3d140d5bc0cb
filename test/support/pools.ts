import type { Arguments } from "../../provider/model/arguments/field.ts";
import type { PoolTypeName } from "../../provider/model/elements/storage/poolTypes.ts";

const initiator = "iqn.2026-01.com.example:host";
const chap = { type: "chap", username: "u", secretUsage: "iscsi" };

type Pools = Readonly<Record<PoolTypeName, readonly [args: Arguments, other: Arguments]>>;

/**
 * One pool of each type, with every argument that the type takes, and another value of one of them.
 * @param tag Is in all sources: libvirt refuses two pools of one source
 */
export function poolsOf(tag: string): Pools {
  const target = `iqn.2026-01.com.example:${tag}`;
  return {
    dir: [{ path: `/${tag}/images` }, { path: `/${tag}/other` }],
    fs: [
      { path: `/${tag}/fs`, source: { devices: [{ path: `/dev/${tag}` }], format: "ext4" } },
      { path: `/${tag}/fs`, source: { devices: [{ path: `/dev/${tag}` }], format: "xfs" } },
    ],
    netfs: [
      {
        path: `/${tag}/nfs`,
        source: {
          hosts: [{ name: `${tag}nas`, port: 2049 }],
          dir: "//a//b/",
          format: "nfs",
          protocolVersion: "4",
        },
      },
      {
        path: `/${tag}/nfs`,
        source: { hosts: [{ name: `${tag}nas2` }], dir: "/a/b", format: "nfs", protocolVersion: "4" },
      },
    ],
    logical: [
      {
        source: {
          name: `${tag}vg`,
          devices: [{ path: `/dev/${tag}1` }, { path: `/dev/${tag}2` }],
          format: "lvm2",
        },
      },
      {
        source: {
          name: `${tag}vg`,
          devices: [{ path: `/dev/${tag}1` }, { path: `/dev/${tag}3` }],
          format: "lvm2",
        },
      },
    ],
    disk: [
      { path: "/dev", source: { devices: [{ path: `/dev/${tag}`, partSeparator: true }], format: "gpt" } },
      { path: "/dev", source: { devices: [{ path: `/dev/${tag}`, partSeparator: true }], format: "dos" } },
    ],
    iscsi: [
      {
        path: "/dev/disk/by-path",
        source: {
          hosts: [{ name: `${tag}san`, port: 3260 }],
          devices: [{ path: target }],
          initiator,
          auth: chap,
        },
      },
      {
        path: "/dev/disk/by-path",
        source: {
          hosts: [{ name: `${tag}san`, port: 3260 }],
          devices: [{ path: target }],
          initiator,
          auth: { ...chap, username: "v" },
        },
      },
    ],
    "iscsi-direct": [
      { source: { hosts: [{ name: `${tag}san` }], devices: [{ path: target }], initiator, auth: chap } },
      {
        source: { hosts: [{ name: `${tag}san` }], devices: [{ path: `${target}2` }], initiator, auth: chap },
      },
    ],
    scsi: [
      {
        path: "/dev/disk/by-path",
        source: {
          adapter: {
            type: "scsi_host",
            parentAddress: {
              uniqueId: process.pid * 2,
              domain: "0",
              bus: "0x0",
              slot: "0x1f",
              function: "2",
            },
          },
        },
      },
      {
        path: "/dev/disk/by-path",
        source: {
          adapter: {
            type: "scsi_host",
            parentAddress: {
              uniqueId: process.pid * 2 + 1,
              domain: "0",
              bus: "0x0",
              slot: "0x1f",
              function: "2",
            },
          },
        },
      },
    ],
    mpath: [{ path: "/dev/mapper" }, { path: "/dev/disk/by-id" }],
    rbd: [
      {
        source: {
          hosts: [{ name: "a", port: 6789 }, { name: "b" }],
          name: "images",
          auth: { type: "ceph", username: "u", secretUuid: "2EC115D7-3A88-3CEB-BC12-0AC909A6FD87" },
        },
      },
      {
        source: {
          hosts: [{ name: "a", port: 6789 }],
          name: "images",
          auth: { type: "ceph", username: "u", secretUsage: "ceph" },
        },
      },
    ],
    gluster: [
      { source: { hosts: [{ name: "g" }], name: "images", dir: "/x" } },
      { source: { hosts: [{ name: "g" }], name: "images", dir: "/y" } },
    ],
    zfs: [
      { source: { name: "tank/images", devices: [{ path: `/dev/${tag}` }] } },
      { source: { name: "tank/other", devices: [{ path: `/dev/${tag}` }] } },
    ],
  };
}

/** These pools for libvirt's test driver, of which each call has its own. */
export const pools = poolsOf("tv");

/** All types but dir, which needs no `type`. */
export const otherTypes = (Object.keys(pools) as PoolTypeName[]).filter((type) => type !== "dir");
