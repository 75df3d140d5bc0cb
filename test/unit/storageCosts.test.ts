import { expect } from "chai";
import type { Arguments } from "../../provider/model/arguments/field.ts";
import type { StorageKindName } from "../../provider/model/arguments/kinds.ts";
import { storageKinds } from "../../provider/model/arguments/kinds.ts";
import { parseXml } from "../../provider/model/xml/parse.ts";
import { printXml } from "../../provider/model/xml/print.ts";
import type { PoolFacts, VolumeFacts } from "../../provider/plan/storage/facts.ts";
import { planPool, poolDefinition } from "../../provider/plan/storage/pool.ts";
import { planVolume } from "../../provider/plan/storage/volume.ts";

type Cost = "live" | "next start" | "not possible" | "nothing" | "replaced";

interface Row {
  readonly kind: StorageKindName;
  readonly argument: string;
  readonly from: Arguments;
  readonly to: Arguments;
  readonly cost: Cost;
}

const row = (
  kind: StorageKindName,
  argument: string,
  cost: Cost,
  from: unknown,
  to: unknown,
  more: Arguments = {},
): Row => ({
  kind,
  argument,
  cost,
  from: { ...more, ...(from === undefined ? {} : { [argument]: from }) },
  to: { ...more, ...(to === undefined ? {} : { [argument]: to }) },
});

const netfs = { type: "netfs", source: { hosts: [{ name: "files" }], dir: "/a" } };
const image = (url: string) => ({ image: { url: `https://example.com/${url}` } });

/** What a change of each argument costs, as docs/storage.md lists it. */
const rows: readonly Row[] = [
  row("StoragePool", "name", "replaced", "one", "two"),
  row("StoragePool", "host", "replaced", "qemu+ssh://a/system", "qemu+ssh://b/system"),
  row("StoragePool", "type", "next start", "dir", "fs", { source: { devices: ["/dev/vdb1"] } }),
  row("StoragePool", "path", "next start", "/one", "/two"),
  row("StoragePool", "source", "next start", netfs.source, { ...netfs.source, dir: "/b" }, { type: "netfs" }),
  row("StoragePool", "permissions", "next start", { mode: "0711" }, { mode: "0755" }),
  row("StoragePool", "build", "nothing", "directory", "never"),
  row("StoragePool", "exclusive", "nothing", false, true),
  row("StoragePool", "active", "live", true, false),
  row("StoragePool", "autostart", "live", true, false),
  row("Volume", "host", "replaced", "qemu+ssh://a/system", "qemu+ssh://b/system"),
  row("Volume", "pool", "replaced", "one", "two"),
  row("Volume", "name", "replaced", "one", "two"),
  row("Volume", "capacity", "live", "8 MiB", "16 MiB"),
  row("Volume", "capacity", "not possible", "8 MiB", "4 MiB"),
  row("Volume", "format", "not possible", "qcow2", "raw"),
  row("Volume", "content", "not possible", undefined, image("a")),
  row("Volume", "content", "not possible", image("a"), image("b")),
  row("Volume", "preallocation", "nothing", "off", "metadata"),
  row("Volume", "clusterSize", "not possible", "64 KiB", "128 KiB"),
  row("Volume", "lazyRefcounts", "not possible", false, true),
  row("Volume", "extendedL2", "not possible", false, true),
  row("Volume", "nocow", "not possible", undefined, true),
  row("Volume", "onDelete", "nothing", "keep", "delete"),
];

const always = {
  StoragePool: { host: "qemu+ssh://a/system", name: "images", path: "/images" },
  Volume: { host: "qemu+ssh://a/system", pool: "images", name: "disk", capacity: "8 MiB" },
};

/** The pool as libvirt has it after `args` was applied. */
function poolOf(args: Arguments): PoolFacts {
  const inactiveXml = printXml(poolDefinition(storageKinds.StoragePool, args));
  const inactive = parseXml(inactiveXml);
  return {
    ...{
      name: "images",
      uuid: "1b671a64-40d5-491e-99b0-da01ff1f3341",
      inactiveXml,
      inactive,
      live: inactive,
    },
    ...{ isActive: args.active !== false, isAutostarted: args.autostart !== false },
  };
}

const volume: VolumeFacts = {
  ...{
    pool: "images",
    name: "disk",
    path: "/images/disk",
    capacity: 8 * 1024 ** 2,
    format: "qcow2",
    backing: null,
    allocation: 0,
    isFile: true,
  },
  layout: { clusterSize: 65536, lazyRefcounts: false, extendedL2: false },
};

function costOf({ kind, argument, from, to }: Row): Cost {
  if (storageKinds[kind].fields[argument]?.replaces || argument === "host") return "replaced";
  const [before, after] = [from, to].map((each): Arguments => ({ ...always[kind], ...each })) as [
    Arguments,
    Arguments,
  ];
  if (kind === "Volume") {
    const { growTo, obstacles } = planVolume(before, after, volume);
    return obstacles.length > 0 ? "not possible" : growTo === null ? "nothing" : "live";
  }
  const { changes, obstacles } = planPool(storageKinds.StoragePool, before, after, poolOf(before));
  expect(obstacles).to.deep.equal([]);
  return changes[0]?.label ?? "nothing";
}

/** How the reference words each cost. */
const words: Readonly<Record<Cost, RegExp>> = {
  live: /^live/,
  "next start": /^the pool's next start/,
  "not possible": /not possible/,
  nothing: /^touches nothing on the host/,
  replaced: /^$/,
};

describe("what a change of a pool or volume costs", () => {
  for (const each of rows)
    it(`${each.kind} ${each.argument}, ${JSON.stringify(each.to[each.argument])}: ${each.cost}`, () => {
      expect(costOf(each)).to.equal(each.cost);
      expect(storageKinds[each.kind].fields[each.argument]?.cost ?? "").to.match(words[each.cost]);
    });

  for (const kind of ["StoragePool", "Volume"] as const)
    it(`is listed for each argument of ${kind}`, () =>
      expect(Object.keys(storageKinds[kind].fields)).to.have.members([
        ...new Set(rows.flatMap((each) => (each.kind === kind ? [each.argument] : []))),
      ]));
});
