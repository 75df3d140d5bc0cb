import type { Tables } from "../schema.ts";

/**
 * Places that libvirt 9.0.0 ignores and 11.3 prints, found by defining libvirt's own tests on both. Versions in between
 * were not measured.
 */
export const newer: Tables["newer"] = {
  upTo: 9_000_000,
  places: new Set([
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
  ]),
};
