import type { Omission, Site } from "../omission.ts";

/** Newest version that was seen to take these and drop them in silence; what came between is not known here. */
const without = 9_000_000;

/** Places that libvirt 9.0.0 does not know and 11.3 prints: libvirt's own tests defined on both. */
const newer: ReadonlySet<string> = new Set([
  "cpu/topology/@clusters",
  "os/loader/@format",
  "os/nvram/@format",
  "os/nvram/@templateFormat",
  "devices/disk/blockio/@discard_granularity",
  "devices/disk/source/identity",
  "devices/disk/source/knownHosts",
  "devices/controller/target/@memReserve",
  "devices/filesystem/idmap/uid",
  "devices/filesystem/idmap/gid",
  "devices/filesystem/binary/openfiles",
  "devices/tpm/backend/profile",
  "devices/tpm/backend/source",
  "devices/video/model/@blob",
]);

const unknown: Omission = {
  id: "newer-than-host",
  place: "**",
  kind: "dropped",
  reason: "the host's libvirt is too old to know it (9.0.0)",
};

/** The row that says that a host of that version does not know the place; null where it may. */
export function findNewer(site: Site, libvirtVersion: number | undefined): Omission | null {
  const isOld = libvirtVersion !== undefined && libvirtVersion > 0 && libvirtVersion <= without;
  return isOld && site.there === null && newer.has(site.place) ? unknown : null;
}
