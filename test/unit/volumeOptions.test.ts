import { expect } from "chai";
import { storageKinds } from "../../provider/model/arguments/kinds.ts";
import { operationsOf } from "../../provider/operations/all.ts";
import type { VolumeFacts } from "../../provider/plan/storage/facts.ts";
import { planVolume } from "../../provider/plan/storage/volume.ts";

const base = { host: "test:///default", pool: "p", name: "v", capacity: "8 MiB" };
const overlay = { content: { backing: { path: "/b", format: "qcow2" } } };
const image = { content: { image: { url: "https://example.com/i" } } };

describe("the options of an image", () => {
  const failures = (more: object) =>
    operationsOf(storageKinds.Volume)
      .findInvalid({ ...base, ...more })
      .map(({ property, reason }) => `${property} ${reason}`);

  for (const more of [
    { preallocation: "metadata", clusterSize: "2 MiB", lazyRefcounts: true, extendedL2: true, nocow: true },
    { format: "raw", preallocation: "full", nocow: true },
    { format: "raw", lazyRefcounts: false, extendedL2: false, preallocation: "off" },
    { ...overlay, preallocation: "metadata", extendedL2: true, clusterSize: "16 KiB" },
    { clusterSize: "512 bytes" },
  ])
    it(`are taken: ${JSON.stringify(more)}`, () => expect(failures(more)).to.deep.equal([]));

  for (const [more, says] of [
    [{ format: "raw", preallocation: "metadata" }, "preallocation must be off or full for a raw image"],
    [{ preallocation: "full" }, "preallocation must be off or metadata for a qcow2 image"],
    [{ format: "raw", clusterSize: "64 KiB" }, "clusterSize has no meaning for a raw image"],
    [{ format: "raw", lazyRefcounts: true }, "lazyRefcounts must be false for a raw image"],
    [{ format: "raw", extendedL2: true }, "extendedL2 must be false for a raw image"],
    [{ ...image, clusterSize: "64 KiB" }, "clusterSize is that of the image: leave it out"],
    [{ content: { clone: { name: "o" } }, nocow: true }, "nocow is that of the clone: leave it out"],
    [{ clusterSize: "3 KiB" }, "clusterSize must be a power of two from 512 bytes to 2 MiB"],
    [{ clusterSize: "4 MiB" }, "clusterSize must be a power of two from 512 bytes to 2 MiB"],
    [{ clusterSize: "8 KiB", extendedL2: true }, "clusterSize must be at least 16 KiB with extendedL2"],
    [
      { ...overlay, preallocation: "metadata" },
      "preallocation needs extendedL2 for an image with another one below it",
    ],
  ] as const)
    it(`are refused: ${says}`, () => expect(failures(more)).to.deep.equal([says]));

  const facts: VolumeFacts = {
    ...{
      pool: "p",
      name: "v",
      path: "/p/v",
      capacity: 8 * 1024 ** 2,
      allocation: 0,
      format: "qcow2",
      isFile: true,
      backing: null,
    },
    layout: { clusterSize: 65536, lazyRefcounts: false, extendedL2: false },
  };
  const plan = (recorded: object | null, args: object, volume = facts) =>
    planVolume(recorded && { ...base, ...recorded }, { ...base, ...args }, volume);

  it("of a volume that is there are fixed, unless it has them already", () => {
    for (const same of [{}, { clusterSize: "64 KiB" }, { clusterSize: 65536, extendedL2: false }]) {
      expect(plan({}, same)).to.deep.include({ obstacles: [], warnings: [] });
      expect(plan(same, {})).to.deep.include({ obstacles: [], warnings: [] });
      expect(plan(null, same).obstacles).to.deep.equal([]);
    }
    const other = plan({}, { clusterSize: "128 KiB", nocow: true, preallocation: "metadata" });
    expect(other.obstacles.map(({ property }) => property)).to.deep.equal(["clusterSize", "nocow"]);
    expect(plan(null, { extendedL2: true }).obstacles.map(({ reason }) => reason)).to.deep.equal([
      "is false on the host, not true; declare it so, or give the volume another name",
    ]);
    expect(plan({ clusterSize: "128 KiB" }, { clusterSize: "128 KiB" }).warnings).to.deep.equal([
      "clusterSize is 64 KiB on the host, not 128 KiB; declare it so, or give the volume another name",
    ]);
  });

  it("that libvirt does not tell are taken for what was applied last", () => {
    const untold = { ...facts, layout: {} };
    expect(plan({ extendedL2: true }, { extendedL2: true }, untold)).to.deep.include({
      obstacles: [],
      warnings: [],
    });
    expect(plan({ extendedL2: true }, { extendedL2: false }, untold).obstacles).to.have.length(1);
  });
});
