import { expect } from "chai";
import type { Arguments } from "../../provider/model/arguments/field.ts";
import { unknown } from "../../provider/model/arguments/field.ts";
import { isOfFiles, poolTypes } from "../../provider/model/elements/storage/poolTypes.ts";
import { parseXml } from "../../provider/model/xml/parse.ts";
import { findPoolMistakes } from "../../provider/plan/storage/poolChecks.ts";
import { whyKept, wrongForType } from "../../provider/plan/storage/poolVolumes.ts";
import { usesOf } from "../../provider/plan/storage/uses.ts";
import { pools } from "../support/pools.ts";

const adapter = (type: string, more: Arguments) => ({
  type: "scsi",
  path: "/dev",
  source: { adapter: { type, ...more } },
});

describe("mistakes in a storage pool", () => {
  const table: Readonly<Record<string, readonly [args: Arguments, want: string]>> = {
    "a folder without a path": [{}, "path is required for a pool of the type dir"],
    "devices without a place": [
      { type: "mpath" },
      "path is required for a pool of the type mpath: where its devices",
    ],
    "a path that libvirt derives": [
      { type: "zfs", path: "/dev/zvol/tank" },
      "path is not for a pool of the type zfs",
    ],
    "a path of a network pool": [
      { ...pools.rbd[0], type: "rbd", path: "/x" },
      "path is not for a pool of the type rbd",
    ],
    "a part of another type": [
      { type: "fs", path: "/x", source: { devices: [{ path: "/dev/sdb" }], dir: "/d" } },
      "source.dir is not for a pool of the type fs: it takes devices, format",
    ],
    "a source for a folder": [
      { path: "/x", source: { name: "x" } },
      "source.name is not for a pool of the type dir: it has no source",
    ],
    "no server": [{ type: "netfs", path: "/x", source: { dir: "/d" } }, 'add hosts: [{ name: "server" }]'],
    "an empty list": [
      { type: "netfs", path: "/x", source: { dir: "/d", hosts: [] } },
      "source.hosts is required",
    ],
    "two devices": [
      { type: "fs", path: "/x", source: { devices: [{ path: "/dev/a" }, { path: "/dev/b" }] } },
      "source.devices must be one for a pool of the type fs, not 2",
    ],
    "a format of another type": [
      { type: "netfs", path: "/x", source: { hosts: [{ name: "h" }], dir: "/d", format: "ext4" } },
      "source.format is ext4, and a pool of the type netfs has one of auto, nfs, glusterfs, cifs",
    ],
    "a login of another type": [
      {
        type: "rbd",
        source: {
          hosts: [{ name: "h" }],
          name: "n",
          auth: { type: "chap", username: "u", secretUsage: "s" },
        },
      },
      "source.auth.type must be ceph",
    ],
    "a version of NFS for CIFS": [
      {
        type: "netfs",
        path: "/x",
        source: { hosts: [{ name: "h" }], dir: "d", format: "cifs", protocolVersion: "4" },
      },
      "source.protocolVersion is for NFS, and the format is cifs",
    ],
    "an adapter without a name": [adapter("scsi_host", {}), "needs either name or parentAddress"],
    "a Fibre Channel adapter without names": [adapter("fc_host", { wwnn: "1" }), "needs wwnn and wwpn"],
    "a volume group to be built": [{ type: "logical", build: "directory" }, "build must be never"],
    "permissions of a mounted file system": [
      { type: "fs", path: "/x", source: { devices: [{ path: "/dev/a" }] }, permissions: { mode: "0755" } },
      "permissions are for the type dir only: set them in the file system",
    ],
    "permissions of what is not made": [
      { path: "/x", build: "never", permissions: { mode: "0755" } },
      'build is "never": leave one of them out',
    ],
    "exclusive, for what no other host has": [
      { path: "/x", exclusive: true },
      "exclusive is not for a pool of the type dir",
    ],
  };
  for (const [name, [args, want]] of Object.entries(table))
    it(`${name} is told`, () => {
      const told = findPoolMistakes(args).map(({ property, reason }) => `${property} ${reason}`);
      expect(told).to.have.length(1);
      expect(told[0]).to.contain(want);
    });

  it("are none in what is not known yet", () => {
    for (const args of [
      { type: "netfs", path: unknown, source: unknown },
      { type: "netfs", path: "/x", source: { hosts: unknown, dir: unknown } },
    ])
      expect(findPoolMistakes(args)).to.deep.equal([]);
  });
});

describe("volumes of a storage pool", () => {
  const content = {
    empty: undefined,
    image: { image: { url: "https://example.com/x" } },
    backing: { backing: { path: "/x", format: "raw" } },
    clone: { clone: { name: "x" } },
  };

  for (const [type, { makes, target }] of Object.entries(poolTypes))
    it(`of the type ${type}: ${makes.join(", ") || "none are made"}`, () => {
      for (const [name, each] of Object.entries(content)) {
        const told = wrongForType(type, { pool: "p", name: "v", content: each });
        expect(told.length === 0, name).to.equal((makes as readonly string[]).includes(name));
      }
      const qcow2 = wrongForType(type, { pool: "p", name: "v", format: "qcow2" });
      expect(qcow2.length === 0).to.equal(target === "folder");
      expect(isOfFiles(type)).to.equal(target === "folder");
      expect(wrongForType(type, { pool: "p", name: "v", format: "raw" }).length === 0).to.equal(
        makes.length > 0,
      );
    });

  it("are deleted only where no other host can use them, or the pool says that none does", () => {
    const kept = [...Object.keys(poolTypes), "vstorage"].filter((type) => whyKept(type, false) !== null);
    expect(kept).to.deep.equal([
      "netfs",
      "iscsi",
      "iscsi-direct",
      "scsi",
      "mpath",
      "rbd",
      "gluster",
      "vstorage",
    ]);
    expect(kept.filter((type) => whyKept(type, true) !== null)).to.deep.equal([]);
    expect(whyKept("netfs", false)).to.contain("guests of other hosts").and.to.contain("exclusive");
  });

  it("without a path on the host are found in the sources of guests", () => {
    const volume = { paths: new Set(["images/v"]), volumes: [{ pool: "p", name: "v" }] };
    const guest = (name: string) => ({
      name: "g",
      trees: [
        parseXml(`<domain><devices><disk><source protocol='rbd' name='${name}'/></disk></devices></domain>`),
      ],
      chains: [],
    });
    expect(usesOf(volume, [guest("images/v")], [])).to.deep.equal(['the guest "g" has it']);
    expect(usesOf(volume, [guest("images/v2")], [])).to.deep.equal([]);
  });
});
