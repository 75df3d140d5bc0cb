import type { Arguments } from "../../provider/model/arguments/field.ts";
import type { PoolTypeName } from "../../provider/model/elements/storage/poolTypes.ts";

const target = "iqn.2026-01.com.example:images";
const initiator = "iqn.2026-01.com.example:host";
const chap = { type: "chap", username: "u", secretUsage: "iscsi" };

/** One pool of each type, with every argument that the type takes, and another value of one of them. */
export const pools: Readonly<Record<PoolTypeName, readonly [args: Arguments, other: Arguments]>> = {
  dir: [{ path: "/tv/images" }, { path: "/tv/other" }],
  fs: [
    { path: "/tv/fs", source: { devices: [{ path: "/dev/tv" }], format: "ext4" } },
    { path: "/tv/fs", source: { devices: [{ path: "/dev/tv" }], format: "xfs" } },
  ],
  netfs: [
    {
      path: "/tv/nfs",
      source: { hosts: [{ name: "nas", port: 2049 }], dir: "//a//b/", format: "nfs", protocolVersion: "4" },
    },
    {
      path: "/tv/nfs",
      source: { hosts: [{ name: "nas2" }], dir: "/a/b", format: "nfs", protocolVersion: "4" },
    },
  ],
  logical: [
    { source: { name: "vg0", devices: [{ path: "/dev/tv1" }, { path: "/dev/tv2" }], format: "lvm2" } },
    { source: { name: "vg0", devices: [{ path: "/dev/tv1" }, { path: "/dev/tv3" }], format: "lvm2" } },
  ],
  disk: [
    { path: "/dev", source: { devices: [{ path: "/dev/tv", partSeparator: true }], format: "gpt" } },
    { path: "/dev", source: { devices: [{ path: "/dev/tv", partSeparator: true }], format: "dos" } },
  ],
  iscsi: [
    {
      path: "/dev/disk/by-path",
      source: { hosts: [{ name: "san", port: 3260 }], devices: [{ path: target }], initiator, auth: chap },
    },
    {
      path: "/dev/disk/by-path",
      source: {
        hosts: [{ name: "san", port: 3260 }],
        devices: [{ path: target }],
        initiator,
        auth: { ...chap, username: "v" },
      },
    },
  ],
  "iscsi-direct": [
    { source: { hosts: [{ name: "san" }], devices: [{ path: target }], initiator, auth: chap } },
    { source: { hosts: [{ name: "san" }], devices: [{ path: `${target}2` }], initiator, auth: chap } },
  ],
  scsi: [
    {
      path: "/dev/disk/by-path",
      source: {
        adapter: {
          type: "scsi_host",
          parentAddress: { uniqueId: 1, domain: "0", bus: "0x0", slot: "0x1f", function: "2" },
        },
      },
    },
    {
      path: "/dev/disk/by-path",
      source: {
        adapter: {
          type: "scsi_host",
          parentAddress: { uniqueId: 2, domain: "0", bus: "0x0", slot: "0x1f", function: "2" },
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
    { source: { name: "tank/images", devices: [{ path: "/dev/tv" }] } },
    { source: { name: "tank/other", devices: [{ path: "/dev/tv" }] } },
  ],
};

/** All types but dir, which needs no `type`. */
export const otherTypes = (Object.keys(pools) as PoolTypeName[]).filter((type) => type !== "dir");
